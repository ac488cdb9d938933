package io.raftkv.house;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.vertx.core.VerticleBase;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Who may know whom, and what may be used where: the table of docs/design.md, kept by a machine.
 */
@AnalyzeClasses(packages = "io.raftkv", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String ROOT = "io.raftkv.";
  private static final List<String> PURE = List.of("base", "raft", "kv", "replica");
  private static final List<String> PURE_MAY = List.of("java.lang..", "java.util..", "java.nio..");

  /** For each package: which of ours it may know, and which of others. */
  private static final Map<String, List<List<String>>> TABLE = table();

  private static Map<String, List<List<String>>> table() {
    var vertx = List.of("io.vertx..", "org.slf4j..", "java..");
    var table = new TreeMap<String, List<List<String>>>();
    table.put("base", List.of(List.of(), PURE_MAY));
    table.put("raft", List.of(List.of("base"), PURE_MAY));
    table.put("kv", List.of(List.of("base"), PURE_MAY));
    table.put("replica", List.of(List.of("base", "raft", "kv"), PURE_MAY));
    table.put(
        "storage",
        List.of(
            List.of("base", "raft", "kv"), List.of("java..", "org.slf4j..", "com.sun.nio.file..")));
    table.put(
        "config",
        List.of(List.of("base", "raft"), List.of("java..", "io.vertx..", "com.fasterxml..")));
    table.put("bus", List.of(List.of("base", "raft", "kv"), List.of("java..", "io.vertx..")));
    table.put(
        "protocol",
        List.of(List.of("base", "kv", "bus", "config"), with(vertx, "io.netty.channel..")));
    table.put(
        "transport", List.of(List.of("base", "raft", "kv", "bus", "config", "storage"), vertx));
    table.put(
        "server",
        List.of(
            List.of(
                "base",
                "raft",
                "kv",
                "replica",
                "storage",
                "config",
                "bus",
                "protocol",
                "transport"),
            vertx));
    table.put("launcher", List.of(List.of("base", "config", "server"), vertx));
    table.put("check", List.of(List.of("base"), List.of("java..")));
    table.put(
        "sim",
        List.of(
            List.of("base", "raft", "kv", "replica", "storage", "transport", "check"),
            List.of("java..")));
    table.put(
        "tools",
        List.of(
            List.of("base", "kv", "config", "storage", "protocol", "transport", "check", "sim"),
            List.of("java..")));
    return table;
  }

  private static List<String> with(List<String> some, String... more) {
    return Stream.concat(some.stream(), Stream.of(more)).toList();
  }

  @ArchTest
  void eachPackageKnowsOnlyWhomTheTableNames(JavaClasses all) {
    TABLE.forEach(
        (name, may) -> {
          var allowed =
              Stream.of(
                      Stream.of(ROOT + name, "org.jspecify.annotations"),
                      may.get(0).stream().map(ours -> ROOT + ours),
                      may.get(1).stream())
                  .flatMap(s -> s)
                  .toArray(String[]::new);
          classes()
              .that()
              .resideInAPackage(ROOT + name)
              .should()
              .onlyDependOnClassesThat(resideInAnyPackage(allowed).or(isPrimitiveOrArray()))
              .because("docs/design.md says whom " + name + " may know")
              .allowEmptyShould(true)
              .check(all);
        });
  }

  private static DescribedPredicate<JavaClass> isPrimitiveOrArray() {
    return DescribedPredicate.describe(
        "primitive or array",
        c -> c.getBaseComponentType().isPrimitive() || c.getPackageName().isEmpty());
  }

  @ArchTest
  void everyPackageIsInTheTable(JavaClasses all) {
    var known = TABLE.keySet().stream().map(name -> ROOT + name).toArray(String[]::new);
    classes()
        .that()
        .resideOutsideOfPackage("io.raftkv")
        .should()
        .resideInAnyPackage(known)
        .check(all);
  }

  @ArchTest
  static final ArchRule theTransportKnowsNothingOfFilesButSnapshots =
      noClasses()
          .that()
          .resideInAPackage(ROOT + "transport")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(ROOT + "storage")
                  .and(
                      DescribedPredicate.describe(
                          "are not about snapshots",
                          c ->
                              !c.getName().contains("SnapshotFiles")
                                  && !c.getSimpleName().equals("StorageOptions"))));

  @ArchTest
  static final ArchRule noCycles = slices().matching("io.raftkv.(*)..").should().beFreeOfCycles();

  @ArchTest
  void whatDecidesDoesNotTouchTheWorld(JavaClasses all) {
    var pure = PURE.stream().map(name -> ROOT + name).toArray(String[]::new);
    noClasses()
        .that()
        .resideInAnyPackage(pure)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.io..",
            "java.net..",
            "java.nio.file..",
            "java.nio.channels..",
            "java.util.concurrent..",
            "java.time..",
            "java.security..")
        .orShould()
        .dependOnClassesThat()
        .belongToAnyOf(Thread.class)
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Math.class, "random")
        .check(all);
  }

  @ArchTest
  static final ArchRule everyStaticFieldIsFinal =
      fields()
          .that()
          .areStatic()
          .and()
          .doNotHaveModifier(JavaModifier.SYNTHETIC)
          .should()
          .beFinal()
          .because("there is no state but in objects");

  @ArchTest
  static final ArchRule verticlesAreCalledSo =
      classes()
          .that()
          .areAssignableTo(VerticleBase.class)
          .should()
          .haveSimpleNameEndingWith("Verticle");

  @ArchTest
  static final ArchRule nobodyUsesTheOldVerticle =
      noClasses()
          .should()
          .dependOnClassesThat(
              DescribedPredicate.describe(
                  "AbstractVerticle", c -> c.getSimpleName().equals("AbstractVerticle")));

  @ArchTest
  static final ArchRule waitsAndLocksStayWithTheDisk =
      noClasses()
          .that(
              not(
                  resideInAnyPackage(
                      ROOT + "storage", ROOT + "launcher", ROOT + "tools", "io.raftkv")))
          .and()
          .haveSimpleNameNotContaining("ServerMain")
          .and()
          .haveSimpleNameNotContaining("LauncherPipe")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.util.concurrent.locks..", "java.util.concurrent.atomic..")
          .orShould()
          .callMethod(Thread.class, "join")
          .orShould()
          .callMethod(Object.class, "wait")
          .because("a server's event loop never waits");

  @ArchTest
  static final ArchRule volatileStaysWithTheDisk =
      fields()
          .that()
          .areDeclaredInClassesThat(
              not(resideInAnyPackage(ROOT + "storage", ROOT + "launcher", ROOT + "tools")))
          .should()
          .notHaveModifier(JavaModifier.VOLATILE);

  @ArchTest
  static final ArchRule nettyIsKnownInOnePlace =
      noClasses()
          .that()
          .doNotHaveSimpleName("HalfClose")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.netty..");
}

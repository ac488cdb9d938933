package io.raftkv.launcher;

import io.raftkv.server.ServerMain;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The command that starts a server as a process: this JVM's java and class path, and the JVM
 * options of a server. It is an array from beginning to end: no path is ever read by a shell.
 *
 * <p>With {@code -Xrs} SIGTERM takes a server out before it sends another byte; SIGINT, which a
 * terminal sends to the launcher's children too, it ignores.
 */
final class ServerCommand {
  /** The environment variable with more JVM options for each server. */
  static final String JAVA_OPTIONS_VARIABLE = "RAFTKV_JAVA_OPTS";

  /** The system property that names the archive of classes which run.sh has made. */
  static final String ARCHIVE_PROPERTY = "raftkv.archive";

  /** Always given. */
  static final List<String> ESSENTIAL =
      List.of("-Xrs", "-Xss512k", "-XX:+ExitOnOutOfMemoryError", "-XX:-UsePerfData");

  /** Given unless the user chooses another collector. */
  static final List<String> COLLECTOR = List.of("-XX:+UseG1GC");

  /** Given unless the user says something about the heap. */
  static final List<String> HEAP = List.of("-Xms128m", "-Xmx3g");

  private static final Path HUGE_PAGES = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");
  private static final Pattern COLLECTOR_CHOICE = Pattern.compile("-XX:[+]Use\\w+GC");
  private static final Pattern HEAP_CHOICE = Pattern.compile("-Xm[sxn].*|-XX:.*(Heap|RAM|New).*");
  private static final String IGNORE_INTERRUPT = "trap '' INT; exec \"$@\"";

  private ServerCommand() {}

  /** What starts the server {@code id}, with the environment of this process. */
  static List<String> of(int id) {
    var more = System.getenv().getOrDefault(JAVA_OPTIONS_VARIABLE, "");
    return of(id, java(), more, classPath(ServerCommand.class.getClassLoader()));
  }

  static List<String> of(int id, String java, String moreOptions, String classPath) {
    var command = new ArrayList<>(List.of("/bin/sh", "-c", IGNORE_INTERRUPT, "sh", java));
    command.addAll(options(moreOptions));
    command.addAll(List.of("-cp", classPath, ServerMain.class.getName()));
    command.addAll(List.of("--id", Integer.toString(id), ServerMain.CHILD));
    return command;
  }

  private static List<String> options(String moreOptions) {
    var more = Stream.of(moreOptions.strip().split("\\s+")).filter(o -> !o.isEmpty()).toList();
    var options = new ArrayList<>(ESSENTIAL);
    options.addAll(hugePages());
    options.addAll(unlessChosen(COLLECTOR_CHOICE, COLLECTOR, more));
    options.addAll(unlessChosen(HEAP_CHOICE, HEAP, more));
    options.addAll(archive());
    options.addAll(more);
    return options;
  }

  private static List<String> unlessChosen(Pattern choice, List<String> ours, List<String> more) {
    return more.stream().anyMatch(choice.asMatchPredicate()) ? List.of() : ours;
  }

  /** Where the system offers them; where it does not, the JVM would complain. */
  private static List<String> hugePages() {
    try {
      var offered = Files.readString(HUGE_PAGES);
      boolean usable = offered.contains("[always]") || offered.contains("[madvise]");
      return usable ? List.of("-XX:+UseTransparentHugePages") : List.of();
    } catch (IOException notThere) {
      return List.of();
    }
  }

  private static List<String> archive() {
    var file = System.getProperty(ARCHIVE_PROPERTY, "");
    return file.isEmpty() ? List.of() : List.of("-XX:SharedArchiveFile=" + file, "-Xlog:cds*=off");
  }

  private static String java() {
    return ProcessHandle.current()
        .info()
        .command()
        .orElse(Path.of(System.getProperty("java.home"), "bin", "java").toString());
  }

  /**
   * What {@code loader} reads. Under {@code mvn exec:java} the property names Maven's own class
   * path, and the loader knows ours.
   */
  static String classPath(ClassLoader loader) {
    var entries =
        loader instanceof URLClassLoader urls
            ? Arrays.stream(urls.getURLs()).map(ServerCommand::file)
            : Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of);
    return entries
        .map(path -> path.toAbsolutePath().normalize().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static Path file(URL url) {
    try {
      return Path.of(new URI(url.toString()));
    } catch (URISyntaxException e) {
      return Path.of(url.getPath());
    }
  }
}

package io.raftkv.mutants;

import io.raftkv.raft.RaftNode;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.NullMarked;
import org.slf4j.Logger;

/** Compiles mutants in memory, against the classes of today; one for many of them. */
final class MutantCompiler implements AutoCloseable {
  private static final List<String> OPTIONS =
      List.of("-proc:none", "-nowarn", "-classpath", classPath());

  private final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
  private final StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);

  /** What the core needs to compile, wherever the build tool has put it. */
  private static String classPath() {
    return Stream.of(RaftNode.class, NullMarked.class, Logger.class)
        .map(MutantCompiler::locationOf)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static String locationOf(Class<?> type) {
    try {
      var location = type.getProtectionDomain().getCodeSource().getLocation();
      return new File(location.toURI()).getPath();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * A world with this mutant in it; throws {@link IllegalStateException} if it does not fit the
   * source or does not compile.
   */
  MutantLoader load(Mutant mutant) throws IOException {
    var sources =
        mutant.sources().entrySet().stream()
            .map(changed -> new Source(changed.getKey(), changed.getValue()))
            .toList();
    var said = new StringWriter();
    var memory = new Memory(files);
    if (!compiler.getTask(said, memory, null, OPTIONS, null, sources).call()) {
      throw new IllegalStateException(mutant.name() + " does not compile:\n" + said);
    }
    return new MutantLoader(memory.classes());
  }

  @Override
  public void close() throws IOException {
    files.close();
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String file, String text) {
      super(URI.create("string:///io/raftkv/" + file), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  /** Keeps what the compiler makes. */
  private static final class Memory extends ForwardingJavaFileManager<StandardJavaFileManager> {
    private final Map<String, ByteArrayOutputStream> compiled = new HashMap<>();

    Memory(StandardJavaFileManager files) {
      super(files);
    }

    Map<String, byte[]> classes() {
      return compiled.entrySet().stream()
          .collect(Collectors.toMap(Map.Entry::getKey, made -> made.getValue().toByteArray()));
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        JavaFileManager.Location to, String name, JavaFileObject.Kind kind, FileObject from) {
      return new SimpleJavaFileObject(URI.create("memory:///" + name), kind) {
        @Override
        public OutputStream openOutputStream() {
          var bytes = new ByteArrayOutputStream();
          compiled.put(name, bytes);
          return bytes;
        }
      };
    }
  }
}

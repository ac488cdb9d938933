package io.raftkv.mutants;

import io.raftkv.raft.RaftNode;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.NullMarked;
import org.slf4j.Logger;

/**
 * A world of its own with a mutant in it: every class of ours is loaded afresh, those that the
 * mutant changes as compiled here, the others as they are. Only classes of the JDK and of libraries
 * are shared with the world outside.
 */
final class MutantLoader extends ClassLoader {
  private static final String OURS = "io.raftkv.";

  private final Map<String, ByteArrayOutputStream> compiled = new HashMap<>();

  /** The code as it is. */
  MutantLoader() {
    super(MutantLoader.class.getClassLoader());
  }

  /** The code with this mutant; throws {@link IllegalStateException} if it does not compile. */
  MutantLoader(Mutant mutant) throws IOException {
    this();
    compile(mutant);
  }

  private void compile(Mutant mutant) throws IOException {
    var sources =
        mutant.sources().entrySet().stream()
            .map(changed -> new Source(changed.getKey(), changed.getValue()))
            .toList();
    var options = List.of("-proc:none", "-nowarn", "-classpath", classPath());
    var compiler = ToolProvider.getSystemJavaCompiler();
    var said = new StringWriter();
    try (var files = new Memory(compiler.getStandardFileManager(null, null, null))) {
      if (!compiler.getTask(said, files, null, options, null, sources).call()) {
        throw new IllegalStateException(mutant.name() + " does not compile:\n" + said);
      }
    }
  }

  /** What the core needs to compile, wherever the build tool has put it. */
  private static String classPath() {
    return Stream.of(RaftNode.class, NullMarked.class, Logger.class)
        .map(MutantLoader::locationOf)
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
  private final class Memory extends ForwardingJavaFileManager<StandardJavaFileManager> {
    Memory(StandardJavaFileManager files) {
      super(files);
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

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(OURS)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      var loaded = findLoadedClass(name);
      return loaded == null ? define(name) : loaded;
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    var changed = compiled.get(name);
    var bytes = changed == null ? original(name) : changed.toByteArray();
    return defineClass(name, bytes, 0, bytes.length);
  }

  private byte[] original(String name) throws ClassNotFoundException {
    try (var original = getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (original == null) {
        throw new ClassNotFoundException(name);
      }
      return original.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

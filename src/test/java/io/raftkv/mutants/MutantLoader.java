package io.raftkv.mutants;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/**
 * A world of its own: every class of ours is loaded afresh, some of them changed. Only classes of
 * the JDK and of libraries are shared with the world outside.
 */
final class MutantLoader extends ClassLoader {
  private static final String OURS = "io.raftkv.";

  private final Map<String, byte[]> changed;

  /**
   * @param changed classes that are other than today's, or new, by their names
   */
  MutantLoader(Map<String, byte[]> changed) {
    super(MutantLoader.class.getClassLoader());
    this.changed = Map.copyOf(changed);
  }

  /** The code as it is. */
  static MutantLoader ofRealCode() {
    return new MutantLoader(Map.of());
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
    var mutated = changed.get(name);
    var bytes = mutated == null ? today(name) : mutated;
    return defineClass(name, bytes, 0, bytes.length);
  }

  private byte[] today(String name) throws ClassNotFoundException {
    try (var bytes = getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (bytes == null) {
        throw new ClassNotFoundException(name);
      }
      return bytes.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

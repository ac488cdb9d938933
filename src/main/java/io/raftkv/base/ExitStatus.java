package io.raftkv.base;

/** Why a program ended, as the number that it ends with. */
public enum ExitStatus {
  /** It was asked to stop. */
  STOPPED(0),
  /** Something that nobody foresaw. */
  UNEXPECTED(1),
  /** The configuration or the command line is wrong. */
  CONFIGURATION(2),
  /** A port that it must listen on is taken. */
  PORT_TAKEN(3),
  /** The data directory is in use, or belongs to another server. */
  DATA_LOCKED(4),
  /** The data are damaged. */
  DAMAGED(5),
  /** The disk fails. */
  DISK_ERROR(6);

  private final int code;

  ExitStatus(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }
}

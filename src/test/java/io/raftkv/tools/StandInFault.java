package io.raftkv.tools;

/** What a {@link StandIn} can be told to do wrong, to see whether a tester notices. */
public enum StandInFault {
  NONE,
  /** Now and then a read gives the value before the last. */
  STALE_READ,
  /** Now and then an acknowledged write is not there. */
  FORGETS_WRITES,
  /** Now and then a set takes place again, right behind the next update of its key. */
  APPLIES_TWICE,
  /** Now and then an update gets the version of the one before it, of whatever key. */
  VERSION_TWICE,
  /** Now and then a reply comes twice. */
  REPLIES_TWICE,
  /** The death of a server takes the last few acknowledged writes with it. */
  LOST_WRITE,
  CAS_IGNORES_VERSION,
  /** The version is compared in one moment and the value replaced in another. */
  CAS_RACES,
  WRONG_ERROR_TEXT,
  BARE_LINE_FEEDS,
  ANSWERS_WITHOUT_MAJORITY,
  CLOSES_WITHOUT_MAJORITY,
  /** Each key counts its own versions. */
  VERSIONS_PER_KEY,
  /** Each server shows its own versions. */
  VERSIONS_PER_SERVER,
  NEVER_EXPIRES,
  EXPIRES_EARLY,
  /** A byte of value zero comes back as a space. */
  TEXT_ONLY,
  /** The value behind a malformed line is taken for commands. */
  RUNS_VALUES,
  /** For a moment after a server died the others answer with errors. */
  ERRORS_WHILE_ELECTING,
  /** A server that comes back knows only what it sees from then on. */
  FORGETS_WHEN_RESTARTED
}

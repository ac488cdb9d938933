package io.raftkv.sim;

/**
 * States that a simulation must have seen to be worth anything: each is a corner where systems of
 * this kind have failed. A long run in which one of them never came up has tested less than it
 * says.
 */
public enum Mark {
  LEADER_ELECTED("a leader was elected"),
  CANDIDATE_BEATEN("a candidate gave way to the leader of its term"),
  TWO_LEADERS("a leader of an old term had not heard of the new one"),
  LEADER_STEPPED_DOWN("a leader stepped down without a crash"),
  LEADER_CRASHED("a leader crashed"),
  LEADER_PAUSED("a leader stood still and woke up"),
  LEADERSHIP_TRANSFERRED("a leader handed over its leadership"),
  VOTE_REFUSED("a vote was refused"),
  PRE_VOTE_REFUSED("a pre-vote was refused"),
  CRASHED_BEFORE_VOTE_FORCED("a server crashed before its vote was durable"),
  APPEND_REFUSED("a follower refused entries behind a gap or a conflict"),
  LOG_CUT("a follower cut entries off its log"),
  LOG_CUT_TWO_TERMS("a follower cut entries of two terms at once"),
  OLD_TERM_COMMITTED("an entry of an earlier term was committed"),
  MESSAGE_LOST("a message was lost"),
  MESSAGE_REPEATED("a message arrived twice"),
  MESSAGE_LATE("a message arrived an election timeout late"),
  MESSAGE_OF_EARLIER_RUN("a message of an earlier run of its sender arrived"),
  LINK_CLOSED("a link closed between two servers that live"),
  ALL_DOWN("all servers were down at once"),
  MINORITY_UP("fewer than a majority of servers were up"),
  UNFORCED_LOST("a crash lost writes that were not forced"),
  UNFORCED_KEPT("a crash kept a part of what was not forced"),
  TAIL_CUT("recovery cut a torn tail"),
  SEGMENT_ROLLED("a log went on in a new segment"),
  DISK_HUNG("a disk hung for longer than an election timeout"),
  DISK_FULL("a disk was full when it was written to"),
  GROWTH_REFUSED("a leader refused what grows, since disks were nearly full"),
  LEFT_SHORT_DISK("a leader whose disk was nearly full handed over"),
  DISK_FAILED("a disk failed, and its server with it"),
  DAMAGE_FOUND("recovery found a damaged file and stopped"),
  LOST_END_SET_ASIDE("a server had lost the end of its log and began as a new one"),
  DAMAGE_HARMLESS("a flipped bit lay where it could do no harm"),
  LIFE_RENEWED("a server took another life while it ran"),
  READ_BY_FOLLOWER("a follower answered a read"),
  WRITE_BY_FOLLOWER("a client of a follower was told of its write"),
  READ_ACROSS_LEADERS("a read was asked under one leader and answered under another"),
  WRITE_ACROSS_LEADERS("a write was asked under one leader and answered under another"),
  OUTCOME_UNKNOWN("a client was told that its request was not served"),
  CLIENT_GONE("a client hung up with requests under way"),
  VOID_APPLIED("a command that was given up was voided by its origin"),
  PROPOSAL_REPEATED("a command was sent to a leader again"),
  KEY_EXPIRED("a key expired"),
  CAS_LOST("a cas met another version than its own"),
  CAS_WON("a cas replaced a value"),
  BIG_VALUE("a value larger than a network packet was stored"),
  CLOCK_JUMPED("a wall clock jumped"),
  LAGGARD("a server came back a hundred entries behind"),
  SERVER_WIPED("a server came back with an empty disk"),
  SNAPSHOT_TAKEN("a snapshot of a server's own state was written"),
  SNAPSHOT_FAILED("a snapshot could not be written"),
  CRASHED_WHILE_SAVING("a server crashed while it wrote a snapshot"),
  LOG_COMPACTED("a log was compacted"),
  STARTED_BEHIND_SNAPSHOT("a server started from a snapshot"),
  SNAPSHOT_SENT("a follower was so far behind that it was sent a snapshot"),
  TRANSFER_BROKEN("a snapshot did not arrive"),
  TRANSFER_OF_OLD_LEADER("a snapshot arrived whose sender no longer led"),
  SNAPSHOT_RESTORED("a snapshot took the place of a server's log"),
  SNAPSHOT_HELD("a snapshot arrived whose entries the log held"),
  SNAPSHOT_OLD("a snapshot arrived that said nothing new"),
  RESTORED_BY_CANDIDATE("a snapshot reached a candidate"),
  SUFFIX_DROPPED("a snapshot took the place of entries that did not follow it"),
  SEAT_EMPTIED("a seat was emptied whose holder was gone"),
  WIPED_AFTER_HEALING("a disk was lost after the cluster had healed from the loss of another"),
  SEAT_TAKEN("an empty seat was taken"),
  LEARNER_ADDED("a learner was added"),
  LEARNER_PROMOTED("a learner became a voter"),
  VOTER_REMOVED("a voter was removed"),
  LEADER_REMOVED("a leader removed itself"),
  MEMBER_RETURNED("a server that had been removed was added again"),
  CONFIGURATION_CUT("a configuration was cut off a log"),
  STRANGER_LED("a server followed a leader that was no member yet in its own log"),
  CHANGE_MADE("an operator heard that a change of the configuration was made"),
  CHANGE_REFUSED("an operator heard that a change of the configuration was refused"),
  STRAY("something was said that no server says"),
  REMINDED("a leader held an acknowledgement against a late refusal"),
  DIGEST_TOLD("a server told the others what its state comes to"),
  DAMAGED_IMAGE_REFUSED("a damaged image was refused"),
  FORMED_BY_MAJORITY("a majority formed a cluster by the operator's word"),
  RESTORED_START("a cluster formed with a state that was restored"),
  OLDER_COPY_PUT_BACK("a server came back with an older copy of its disk"),
  OLDER_COPY_GIVEN_UP("a server was told that its disk was an older copy, and gave up who it was"),
  STORE_FULL("an update was refused because the store was full"),
  INSTALL_COMPLETED("a server started with a snapshot that its log did not know of yet");

  private final String meaning;

  Mark(String meaning) {
    this.meaning = meaning;
  }

  /** What was seen, as a clause. */
  public String meaning() {
    return meaning;
  }
}

package io.raftkv.replica;

import io.raftkv.raft.Event;
import io.raftkv.raft.RaftNode;

/** Hands every event on to consensus; what a replica has to say to one comes in between. */
class EventsToRaft implements Event.Handler {
  private final RaftNode raft;

  EventsToRaft(RaftNode raft) {
    this.raft = raft;
  }

  @Override
  public void onTick(Event.Tick event) {
    raft.handle(event);
  }

  @Override
  public void onReceive(Event.Receive event) {
    raft.handle(event);
  }

  @Override
  public void onPropose(Event.Propose event) {
    raft.handle(event);
  }

  @Override
  public void onRead(Event.Read event) {
    raft.handle(event);
  }

  @Override
  public void onExpire(Event.Expire event) {
    raft.handle(event);
  }

  @Override
  public void onWritten(Event.Written event) {
    raft.handle(event);
  }

  @Override
  public void onLinkOpened(Event.LinkOpened event) {
    raft.handle(event);
  }

  @Override
  public void onLinkClosed(Event.LinkClosed event) {
    raft.handle(event);
  }

  @Override
  public void onTransferLeadership(Event.TransferLeadership event) {
    raft.handle(event);
  }

  @Override
  public void onChangeConfiguration(Event.ChangeConfiguration event) {
    raft.handle(event);
  }

  @Override
  public void onStateContradicted(Event.StateContradicted event) {
    raft.handle(event);
  }

  @Override
  public void onRoomChanged(Event.RoomChanged event) {
    raft.handle(event);
  }

  @Override
  public void onSnapshotTaken(Event.SnapshotTaken event) {
    raft.handle(event);
  }

  @Override
  public void onSnapshotArrived(Event.SnapshotArrived event) {
    raft.handle(event);
  }

  @Override
  public void onSnapshotSent(Event.SnapshotSent event) {
    raft.handle(event);
  }
}

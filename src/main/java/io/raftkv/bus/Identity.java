package io.raftkv.bus;

/**
 * From the replica to the peer transport, once at the start and whenever it changes: who this
 * server says it is in handshakes. Until the first one comes, the transport opens no port and no
 * link.
 *
 * @param incarnation this data directory's random number
 * @param clusterId the cluster it knows it belongs to, 0 if it knows of none
 */
public record Identity(int id, long incarnation, long clusterId) {}

package io.raftkv.server;

import io.raftkv.base.Failure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The listener of a server that nobody listens to: what it would tell goes to the log. */
final class LoggingListener implements ServerListener {
  private static final Logger LOG = LoggerFactory.getLogger(RaftVerticle.class);

  @Override
  public void serving() {
    LOG.info("the server has caught up and serves its clients");
  }

  @Override
  public void leaderChanged(int leader, long term) {
    LOG.info("leader={} term={}", leader, term);
  }

  @Override
  public void waiting(String reason) {
    LOG.warn("{}", reason);
  }

  @Override
  public void failed(Failure failure) {
    LOG.error("{}", failure.getMessage());
  }
}

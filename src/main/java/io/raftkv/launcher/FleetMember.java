package io.raftkv.launcher;

import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import io.raftkv.base.Reason;
import io.raftkv.config.ServerSettings;
import java.util.Optional;

/** One server of a fleet, which is alive while it runs or is going to be started again. */
final class FleetMember {
  private final Fleet fleet;
  private final ServerSettings settings;
  private final RestartDelay delay = new RestartDelay();
  private Optional<Run> run = Optional.empty();
  private boolean alive = true;

  FleetMember(Fleet fleet, ServerSettings settings) {
    this.fleet = fleet;
    this.settings = settings;
  }

  boolean isAlive() {
    return alive;
  }

  boolean isServing() {
    return run.filter(current -> current.serving).isPresent();
  }

  void start() {
    delay.started();
    var starting = new Run();
    run = Optional.of(starting);
    fleet
        .starter()
        .start(settings, new OnContext(fleet.vertx().getOrCreateContext(), starting))
        .onSuccess(starting::started)
        .onFailure(cause -> starting.failed(notStarted(cause)));
  }

  private static Failure notStarted(Throwable cause) {
    return new Failure(ExitStatus.UNEXPECTED, "cannot be started: " + Reason.of(cause), cause);
  }

  void stop() {
    run.ifPresentOrElse(Run::stop, () -> alive = false);
  }

  void kill() {
    if (alive) {
      fleet.say("server " + settings.id() + " did not stop in time and is killed");
      run.ifPresent(Run::kill);
    }
  }

  private void ended(int status) {
    run = Optional.empty();
    alive = fleet.restarts() && status != ExitStatus.CONFIGURATION.code();
    if (alive) {
      long millis = delay.nextMillis();
      tellEnd(status, "; starting it again in " + millis + " ms");
      fleet.vertx().setTimer(millis, now -> startAgain());
    } else {
      tellEnd(status, "");
    }
    fleet.memberEnded(status);
  }

  private void startAgain() {
    if (alive) {
      start();
    }
  }

  private void tellEnd(int status, String more) {
    if (!fleet.isStopping()) {
      fleet.say("server " + settings.id() + " ended with status " + status + more);
    }
  }

  /** From one start to its end. */
  private final class Run implements HandleListener {
    private Optional<ServerHandle> handle = Optional.empty();
    private boolean serving;
    private boolean stopping;
    private boolean over;

    void started(ServerHandle started) {
      handle = Optional.of(started);
      if (stopping) {
        started.stop();
      }
    }

    void stop() {
      stopping = true;
      handle.ifPresent(ServerHandle::stop);
    }

    void kill() {
      handle.ifPresent(ServerHandle::kill);
    }

    @Override
    public void serving() {
      if (!serving) {
        var self = settings.self();
        var address = self.hostname() + ":" + self.clientPort();
        fleet.say("server " + self.id() + " serves clients on " + address);
      }
      serving = true;
      fleet.memberServes();
    }

    @Override
    public void leaderChanged(int leader, long term) {
      fleet.leaderHeard(leader, term);
    }

    @Override
    public void waiting(String reason) {
      said(reason);
    }

    @Override
    public void said(String line) {
      fleet.say("[" + settings.id() + "] " + line);
    }

    @Override
    public void failed(Failure failure) {
      if (!over) {
        said(String.valueOf(failure.getMessage()));
        ended(failure.status().code());
      }
    }

    @Override
    public void ended(int status) {
      if (!over) {
        over = true;
        FleetMember.this.ended(status);
      }
    }
  }
}

package io.raftkv.tools;

import java.util.Optional;

/**
 * How the user wants servers killed and started, with {id}, {host} and {port} for those of the
 * server.
 *
 * @param noKill whether servers must be left alone
 * @param kill a shell command that kills a server; empty for kill -9 of the process on its port
 * @param start a shell command that starts a server; empty if somebody else does
 */
record ServerCommands(boolean noKill, Optional<String> kill, Optional<String> start) {}

import Glibc
import ReinitCommand

// Without what plugins have put into the exit: everything is written.
_exit(ReinitCommand.run(Array(CommandLine.arguments.dropFirst())))

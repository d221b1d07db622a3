import Glibc
import ReinitCommand

exit(ReinitCommand.run(Array(CommandLine.arguments.dropFirst())))

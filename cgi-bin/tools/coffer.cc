// coffer - the operator's command
//
//   coffer migrate                    bring the database up to this version's tables
//   coffer user add NAME [--admin]    accounts; also list, passwd, quota, disable, enable, token
//   coffer log [--user NAME]          what was done, by whom and from where
//   coffer fsck [--read]              check metadata against the disk, and the bytes if asked
//   coffer mover status               copies in other stores; also retry
//   coffer reconcile [--mend]         check metadata against every store
//   coffer replica status             a second database server: also add, promote, rejoin
//   coffer digest FILE...             the five digests of files
//
// Each is a program of its own beside this one, coffer-VERB; `coffer VERB --help` explains it.

#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <string>

int main(int argc, char** argv) {
  std::string verb = argc > 1 ? argv[1] : "";
  std::error_code error;
  auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  bool word = !verb.empty() && verb.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == verb.npos;
  if (word && !error) {
    std::string program = self.parent_path() / ("coffer-" + verb);
    argv[1] = program.data();
    ::execv(program.c_str(), argv + 1);
  }
  std::cerr << "coffer: use migrate, user, log, fsck, mover, reconcile, replica or digest; "
               "coffer VERB --help explains each\n";
  return 2;
}

#include "process.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <stdexcept>

namespace sonde::test {
namespace {

// A file that is already unlinked: output of any size cannot block the child as a pipe would.
class ScratchFile {
 public:
  ScratchFile() : file_(std::tmpfile(), &std::fclose) {
    if (file_ == nullptr) throw std::runtime_error("cannot make a temporary file");
  }
  [[nodiscard]] int descriptor() const { return fileno(file_.get()); }
  void write(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), file_.get());
    std::fflush(file_.get());
    std::rewind(file_.get());
  }
  [[nodiscard]] std::string read() const {
    std::string out;
    char buffer[65536];
    off_t at = 0;
    ssize_t got = 0;
    while ((got = pread(descriptor(), buffer, sizeof buffer, at)) > 0) {
      out.append(buffer, static_cast<std::size_t>(got));
      at += got;
    }
    return out;
  }

 private:
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
};

}  // namespace

ProcessResult runProcess(const std::vector<std::string>& words, const std::string& input) {
  ScratchFile in;
  ScratchFile out;
  ScratchFile err;
  in.write(input);
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);

  const pid_t child = fork();
  if (child < 0) throw std::runtime_error(std::string("cannot fork: ") + std::strerror(errno));
  if (child == 0) {
    dup2(in.descriptor(), STDIN_FILENO);
    dup2(out.descriptor(), STDOUT_FILENO);
    dup2(err.descriptor(), STDERR_FILENO);
    execvp(arguments.front(), arguments.data());
    _exit(127);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  ProcessResult result;
  result.exitCode = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  result.out = out.read();
  result.err = err.read();
  return result;
}

}  // namespace sonde::test

#include "backup.hpp"

#include "../core/error.hpp"
#include "driver.hpp"

namespace sonde {

std::unique_ptr<BackupMaker> Driver::backup() const {
  ErrorDetails details;
  details.hint = "use the tool that the engine brings";
  throw Unsupported(std::string(dialect().name()) + " databases are not backed up by sonde",
                    std::move(details));
}

}  // namespace sonde

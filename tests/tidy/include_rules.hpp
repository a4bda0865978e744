// Rules about who may include what (docs/architecture.md): the order of the folders, the engines'
// client libraries, the form of an include, and what a public header may drag in.
#pragma once

#include <vector>

#include "source_tree.hpp"

namespace sonde::tidy {

/// A folder includes the folders below it and nothing else; only the registry reaches into the
/// folder of an engine.
std::vector<Finding> checkFolderOrder(const std::vector<SourceFile>& files);

/// The headers of an engine's client library appear only in dialects/<engine>/*.cpp, tests/ and
/// bench/.
std::vector<Finding> checkClientHeaders(const std::vector<SourceFile>& files);

/// The library includes itself relatively, everybody else as <sonde/…>.
std::vector<Finding> checkIncludeForm(const std::vector<SourceFile>& files);

/// Public headers stay light: no logging library, no complete JSON library, no argument parser, and
/// no header that is not installed.
std::vector<Finding> checkPublicHeaders(const std::vector<SourceFile>& files);

}  // namespace sonde::tidy

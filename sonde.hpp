// Everything a program needs to use sonde: databases, repositories, values, errors.
//
// A program that wants less includes <sonde/db/database.hpp>; one that brings its own driver also
// <sonde/dialects/registry.hpp>, one that loads drivers <sonde/dialects/load_driver.hpp>, one with
// an admin server <sonde/server/admin_server.hpp>, and one that parses JSON <nlohmann/json.hpp>,
// which is not included here because it costs more to compile than all of sonde's headers.
#pragma once

#include <sonde/version.hpp>

#include "core/context.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "core/record.hpp"
#include "core/result_set.hpp"
#include "core/row.hpp"
#include "core/value.hpp"
#include "db/config.hpp"
#include "db/database.hpp"
#include "db/transaction.hpp"
#include "introspect/schema.hpp"
#include "monitor/health/health_monitor.hpp"
#include "monitor/health/health_response.hpp"
#include "monitor/tuning/tuning.hpp"
#include "query/condition.hpp"
#include "query/rewriter.hpp"
#include "repo/repository.hpp"

#include "postgres_header.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <utility>

#include "postgres_session.hpp"

namespace sonde {

PostgresHeader PostgresHeader::make(PostgresSession& session, const PGresult* result) {
  const int width = PQnfields(result);
  std::vector<std::uint32_t> oids;
  std::vector<std::pair<std::uint32_t, int>> places;
  for (int i = 0; i < width; ++i) {
    oids.push_back(PQftype(result, i));
    places.emplace_back(PQftable(result, i), PQftablecol(result, i));
  }
  const std::vector<PostgresType> types = session.types().types(session.handle(), oids);
  std::vector<std::uint32_t> elementOids;
  elementOids.reserve(types.size());
  for (const PostgresType& type : types) elementOids.push_back(type.element);
  const std::vector<PostgresType> elements = session.types().types(session.handle(), elementOids);
  const auto names = session.types().columns(session.handle(), places);

  PostgresHeader header;
  header.binary = true;
  std::vector<ColumnInfo> infos(oids.size());
  for (std::size_t i = 0; i < oids.size(); ++i) {
    const int column = static_cast<int>(i);
    ColumnInfo& info = infos[i];
    info.name = PQfname(result, column);
    info.type = types[i].type;
    info.declaredType = names[i].declaredType;
    info.table = names[i].table;
    info.origin = names[i].column;
    if (info.type == Type::Decimal) info.scale = postgresScale(PQfmod(result, column));
    header.rules.push_back({oids[i], types[i].codec, types[i].type, elements[i]});
    header.binary = header.binary && types[i].binary();
    header.zoned = header.zoned || types[i].codec == PostgresCodec::TimestampTz;
  }
  header.columns = Columns::make(std::move(infos));
  return header;
}

bool PostgresHeader::fits(const PGresult* result) const noexcept {
  const int width = PQnfields(result);
  if (static_cast<std::size_t>(width) != rules.size()) return false;
  for (int i = 0; i < width; ++i) {
    if (PQftype(result, i) != rules[static_cast<std::size_t>(i)].oid) return false;
  }
  return true;
}

}  // namespace sonde

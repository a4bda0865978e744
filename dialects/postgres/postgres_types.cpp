#include "postgres_types.hpp"

#include <algorithm>
#include <iterator>

namespace sonde {
namespace {

using Codec = PostgresCodec;

constexpr PostgresType scalar(std::uint32_t oid, Type type, Codec codec) {
  return {oid, type, codec, 0, ','};
}
constexpr PostgresType array(std::uint32_t oid, std::uint32_t element) {
  return {oid, Type::Array, Codec::Array, element, ','};
}

// By OID, for the binary search. OIDs of built-in types never change (pg_type.dat).
constexpr PostgresType kTypes[] = {
    scalar(16, Type::Boolean, Codec::Boolean),            // boolean
    scalar(17, Type::Blob, Codec::Bytea),                 // bytea
    scalar(18, Type::Text, Codec::Text),                  // "char"
    scalar(19, Type::Text, Codec::Text),                  // name
    scalar(20, Type::Integer, Codec::Int8),               // bigint
    scalar(21, Type::Integer, Codec::Int2),               // smallint
    scalar(23, Type::Integer, Codec::Int4),               // integer
    scalar(25, Type::Text, Codec::Text),                  // text
    scalar(26, Type::Integer, Codec::Oid),                // oid
    scalar(114, Type::Json, Codec::Json),                 // json
    scalar(142, Type::Other, Codec::Text),                // xml
    array(143, 142),                                      // xml[]
    array(199, 114),                                      // json[]
    scalar(600, Type::Other, Codec::TextOnly),            // point
    scalar(601, Type::Other, Codec::TextOnly),            // lseg
    scalar(602, Type::Other, Codec::TextOnly),            // path
    scalar(603, Type::Other, Codec::TextOnly),            // box
    scalar(604, Type::Other, Codec::TextOnly),            // polygon
    scalar(628, Type::Other, Codec::TextOnly),            // line
    scalar(650, Type::Other, Codec::TextOnly),            // cidr
    array(651, 650),                                      // cidr[]
    scalar(700, Type::Real, Codec::Float4),               // real
    scalar(701, Type::Real, Codec::Float8),               // double precision
    scalar(705, Type::Text, Codec::Text),                 // unknown
    scalar(718, Type::Other, Codec::TextOnly),            // circle
    scalar(774, Type::Other, Codec::TextOnly),            // macaddr8
    array(775, 774),                                      // macaddr8[]
    scalar(790, Type::Other, Codec::TextOnly),            // money
    array(791, 790),                                      // money[]
    scalar(829, Type::Other, Codec::TextOnly),            // macaddr
    scalar(869, Type::Other, Codec::TextOnly),            // inet
    array(1000, 16),                                      // boolean[]
    array(1001, 17),                                      // bytea[]
    array(1002, 18),                                      // "char"[]
    array(1003, 19),                                      // name[]
    array(1005, 21),                                      // smallint[]
    array(1007, 23),                                      // integer[]
    array(1009, 25),                                      // text[]
    array(1014, 1042),                                    // character[]
    array(1015, 1043),                                    // character varying[]
    array(1016, 20),                                      // bigint[]
    array(1021, 700),                                     // real[]
    array(1022, 701),                                     // double precision[]
    array(1028, 26),                                      // oid[]
    array(1040, 829),                                     // macaddr[]
    array(1041, 869),                                     // inet[]
    scalar(1042, Type::Text, Codec::Text),                // character
    scalar(1043, Type::Text, Codec::Text),                // character varying
    scalar(1082, Type::Date, Codec::Date),                // date
    scalar(1083, Type::Time, Codec::Time),                // time
    scalar(1114, Type::Timestamp, Codec::Timestamp),      // timestamp
    array(1115, 1114),                                    // timestamp[]
    array(1182, 1082),                                    // date[]
    array(1183, 1083),                                    // time[]
    scalar(1184, Type::TimestampTz, Codec::TimestampTz),  // timestamptz
    array(1185, 1184),                                    // timestamptz[]
    scalar(1186, Type::Interval, Codec::Interval),        // interval
    array(1187, 1186),                                    // interval[]
    array(1231, 1700),                                    // numeric[]
    scalar(1266, Type::Time, Codec::TimeTz),              // timetz
    array(1270, 1266),                                    // timetz[]
    scalar(1560, Type::Other, Codec::TextOnly),           // bit
    array(1561, 1560),                                    // bit[]
    scalar(1562, Type::Other, Codec::TextOnly),           // bit varying
    array(1563, 1562),                                    // bit varying[]
    scalar(1700, Type::Decimal, Codec::Numeric),          // numeric
    scalar(2950, Type::Uuid, Codec::Uuid),                // uuid
    array(2951, 2950),                                    // uuid[]
    scalar(3802, Type::Json, Codec::Jsonb),               // jsonb
    array(3807, 3802),                                    // jsonb[]
};

constexpr bool byOid(const PostgresType& a, const PostgresType& b) { return a.oid < b.oid; }
static_assert(std::is_sorted(std::begin(kTypes), std::end(kTypes), byOid));

}  // namespace

const PostgresType* findPostgresType(std::uint32_t oid) noexcept {
  PostgresType wanted;
  wanted.oid = oid;
  const PostgresType* found = std::lower_bound(std::begin(kTypes), std::end(kTypes), wanted, byOid);
  return found != std::end(kTypes) && found->oid == oid ? found : nullptr;
}

int postgresScale(int typeModifier) noexcept {
  constexpr int kHeader = 4;  // VARHDRSZ, by which every modifier with a length is raised.
  if (typeModifier < kHeader) return -1;
  // Eleven bits with a sign: numeric(5, -2) is allowed since PostgreSQL 15.
  const int scale = (((typeModifier - kHeader) & 0x7FF) ^ 1024) - 1024;
  return scale < 0 ? 0 : scale;
}

}  // namespace sonde

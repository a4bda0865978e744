#include <sonde/core/temporal.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace sonde::temporal {
namespace {

std::string iso(std::string_view text, bool withZone) {
  std::string out = ">";
  const bool written = appendIsoTimestamp(out, text, withZone);
  EXPECT_EQ(written, out.size() > 1);
  return out.substr(1);
}

TEST(IsoTimestamp, ChangesOnlySeparatorAndZone) {
  EXPECT_EQ(iso("2024-01-02 03:04:05", false), "2024-01-02T03:04:05");
  EXPECT_EQ(iso("2024-01-02T03:04:05", false), "2024-01-02T03:04:05");
  EXPECT_EQ(iso("2024-01-02 03:04", false), "2024-01-02T03:04");
  EXPECT_EQ(iso("2024-01-02 03:04:05.6", false), "2024-01-02T03:04:05.6");
  EXPECT_EQ(iso("2024-01-02 03:04:05.123456789000", false), "2024-01-02T03:04:05.123456789000");
  EXPECT_EQ(iso("0000-01-01 00:00:00", false), "0000-01-01T00:00:00");
}

TEST(IsoTimestamp, NormalisesOffsets) {
  EXPECT_EQ(iso("2024-01-02 03:04:05+00", true), "2024-01-02T03:04:05Z");
  EXPECT_EQ(iso("2024-01-02 03:04:05-00:00", true), "2024-01-02T03:04:05Z");
  EXPECT_EQ(iso("2024-01-02 03:04:05z", true), "2024-01-02T03:04:05Z");
  EXPECT_EQ(iso("2024-01-02 03:04:05+02", true), "2024-01-02T03:04:05+02:00");
  EXPECT_EQ(iso("2024-01-02 03:04:05 -0330", true), "2024-01-02T03:04:05-03:30");
  EXPECT_EQ(iso("2024-01-02 03:04:05.5+05:45", true), "2024-01-02T03:04:05.5+05:45");
  EXPECT_EQ(iso("2024-01-02 03:04-00:30", true), "2024-01-02T03:04-00:30");
  EXPECT_EQ(iso("2024-01-02 03:04:05", true), "2024-01-02T03:04:05");
}

TEST(IsoTimestamp, RefusesWhatIsNoTimestamp) {
  for (const char* text : {"",
                           "2024",
                           "2024-01-02",
                           "2024-13-01 00:00:00",
                           "2024-00-01 00:00:00",
                           "2024-02-30 00:00:00",
                           "2023-02-29 00:00:00",
                           "1900-02-29 00:00:00",
                           "2024-01-02 24:00:00",
                           "2024-01-02 00:60:00",
                           "2024-01-02 00:00:60",
                           "2024-01-02 00:00:",
                           "2024-01-02 00:00:00.",
                           "2024-01-02 0:00:00",
                           "2024-1-2 00:00:00",
                           "2024-01-02  00:00:00",
                           "2024-01-02x00:00:00",
                           "2024-01-02 00:00:00 ",
                           "2024-01-02 00:00:00 UTC",
                           "2024-01-02 00:00:00+",
                           "2024-01-02 00:00:00+1",
                           "2024-01-02 00:00:00+16",
                           "2024-01-02 00:00:00+01:",
                           "2024-01-02 00:00:00+01:60",
                           "2024-01-02 00:00:00+01:00:00",
                           "2024-01-02 00:00:00Zx",
                           "-2024-01-02 00:00:00",
                           "12024-01-02 00:00:00",
                           "now"}) {
    EXPECT_EQ(iso(text, true), "") << text;
  }
}

TEST(IsoTimestamp, KeepsAnOffsetRatherThanCutItOff) {
  EXPECT_EQ(iso("2024-01-02 03:04:05+02", false), "");
  EXPECT_EQ(iso("2024-01-02T03:04:05Z", false), "");
}

TEST(Dates, AreRealDaysOfTheCalendar) {
  EXPECT_TRUE(isDate("2024-02-29"));
  EXPECT_TRUE(isDate("2000-02-29"));
  EXPECT_FALSE(isDate("1900-02-29"));
  EXPECT_FALSE(isDate("2024-04-31"));
  EXPECT_FALSE(isDate("2024-02-29 "));
  EXPECT_FALSE(isDate("2024-02-29 00:00:00"));
  EXPECT_FALSE(isDate(""));
}

TEST(Times, AreTimesOfDay) {
  EXPECT_TRUE(isTime("00:00"));
  EXPECT_TRUE(isTime("23:59:59.999999999"));
  EXPECT_FALSE(isTime("24:00"));
  EXPECT_FALSE(isTime("12:00:00Z"));
  EXPECT_FALSE(isTime("12"));
  EXPECT_FALSE(isTime("12:00:00."));
}

TEST(Parse, GivesTheInstant) {
  using std::chrono::microseconds;
  const auto micros = [](std::string_view text) {
    const auto time = parse(text);
    EXPECT_TRUE(time.has_value()) << text;
    return time ? time->time_since_epoch().count() : 0;
  };
  EXPECT_EQ(micros("1970-01-01"), 0);
  EXPECT_EQ(micros("1970-01-01 00:00:00.000001"), 1);
  EXPECT_EQ(micros("1970-01-01 00:00:00.0000019"), 1);
  EXPECT_EQ(micros("1969-12-31 23:59:59.5"), -500'000);
  EXPECT_EQ(micros("1970-01-01T02:00:00+02:00"), 0);
  EXPECT_EQ(micros("1969-12-31 20:30:00-0330"), 0);
  EXPECT_EQ(micros("9999-12-31 23:59:59.999999"), 253402300799999999);
  EXPECT_FALSE(parse("1970-01-01 25:00").has_value());
  EXPECT_FALSE(parse("12:00").has_value());
  EXPECT_FALSE(parse("").has_value());
}

TEST(Temporal, WritesAnInstantInUtcWithMilliseconds) {
  using std::chrono::milliseconds;
  using std::chrono::system_clock;
  EXPECT_EQ(formatInstant(system_clock::time_point(milliseconds(1'704'164'645'600))),
            "2024-01-02T03:04:05.600Z");
  EXPECT_EQ(formatInstant(system_clock::time_point(milliseconds(-1))), "1969-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace sonde::temporal

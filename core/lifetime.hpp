// SONDE_LIFETIMEBOUND: tells clang that a result must not outlive the object it came from.
#pragma once

#if defined(__clang__)
#define SONDE_LIFETIMEBOUND [[clang::lifetimebound]]
#else
#define SONDE_LIFETIMEBOUND
#endif

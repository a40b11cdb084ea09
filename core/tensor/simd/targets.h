#pragma once
// The instruction sets that vector loops are compiled for, one of which is taken at run time: AVX-512, AVX2,
// and plain x86-64 for all else. Three are as many as the tests run on. Include before any header of Highway.

#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4)

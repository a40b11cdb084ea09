#include "core/tensor/processor.h"

#include "core/tensor/simd/targets.h"

#include <dnnl.h>
#include <hwy/targets.h>

namespace headlight {
namespace {

struct InstructionSet {
    std::string_view name;
    std::int64_t needed; ///< Highway's name of it; 0: every processor has it
    std::int64_t beyond; ///< what is left unused
    dnnl_cpu_isa_t products; ///< the most that matrix products use
};

constexpr std::int64_t avx512 = HWY_AVX3 | HWY_AVX3_DL;
constexpr std::array<InstructionSet, 3> sets{ {
    { "baseline", 0, avx512 | HWY_AVX2 | HWY_SSE4 | HWY_SSSE3, dnnl_cpu_isa_sse41 },
    { "avx2", HWY_AVX2, avx512, dnnl_cpu_isa_avx2 },
    { "avx512", HWY_AVX3, 0, dnnl_cpu_isa_all },
} };

} // namespace

Status limitProcessor(std::string_view name)
{
    if (name.empty())
        return {};
    const auto set = std::find_if(
        sets.begin(), sets.end(), [&](const InstructionSet& known) { return known.name == name; });
    if (set == sets.end())
        return Error{ ErrorKind::BadInput,
            fmt::format("There is no instruction set \"{}\"; there are baseline, avx2 and avx512.", name) };
    if (set->needed != 0 && (hwy::SupportedTargets() & set->needed) == 0)
        return Error{ ErrorKind::Unsupported, fmt::format("This processor has no {} instructions.", name) };
    hwy::DisableTargets(set->beyond);
    hwy::GetChosenTarget().DeInit();
    if (dnnl_set_max_cpu_isa(set->products) != dnnl_success)
        return Error{ ErrorKind::Internal,
            "Matrix products have begun before their instruction set was chosen." };
    return {};
}

} // namespace headlight

#pragma once
// The type in which linear maps multiply. bfloat16 keeps eight bits of every number and is twice as fast
// where the processor has instructions for it; sums stay in f32, and so does everything else.

#include <optional>
#include <string_view>

namespace headlight {

enum class Compute { Float32, Bfloat16 };

/// "f32", "bf16"
std::string_view name(Compute compute);
std::optional<Compute> computeFromName(std::string_view name);
/// Whether this processor has instructions for it.
bool isAvailable(Compute compute);

/// While it lives, linear maps that this thread begins multiply in `compute`.
class ComputeScope {
public:
    explicit ComputeScope(Compute compute);
    ~ComputeScope();
    ComputeScope(const ComputeScope&) = delete;
    ComputeScope& operator=(const ComputeScope&) = delete;

private:
    Compute m_before;
};
Compute currentCompute();

} // namespace headlight

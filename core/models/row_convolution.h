#pragma once
// A convolution over the tokens of each text (DeBERTa-v2's beside its first layer), and zeros for padding.

#include "core/models/config.h"

namespace headlight {

/// out_t = Σ_s weight[..., s] · x_{t+s−half} + bias; beyond a text's ends there are zeros.
/// Parameters: "<name>.weight" [E,E/groups,kernel], "<name>.bias" [E].
struct RowConvolution {
    struct Sizes {
        std::int64_t width, kernel, groups;
    };
    Sizes sizes;
    ParameterRef weight, bias;
    /// Notes in `config` what cannot be.
    static RowConvolution load(ParameterSource& source, const std::string& name, const Sizes& sizes, Config& config);
    /// Shapes: x [ΣT,E] → [ΣT,E].
    Var operator()(const Var& x, const Packing& packing, Run& run) const;

private:
    Var ofGroup(const Var& x, std::int64_t group, const Packing& packing, Run& run) const;
};

/// Rows whose token is masked become zeros. Shapes: x [ΣT,E] → same.
Var withoutPadding(const Var& x, const Packing& packing);

} // namespace headlight

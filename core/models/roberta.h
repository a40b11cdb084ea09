#pragma once
// RoBERTa, shared with XLM-R, which differs in name and vocabulary only.

#include "core/models/encoder_model.h"

namespace headlight {

class Roberta final : public PlainEncoder {
public:
    Roberta(Config& config, ParameterSource& source);
};

} // namespace headlight

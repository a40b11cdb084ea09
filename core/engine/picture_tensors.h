#pragma once
// Pictures given as raw tensors, in the layouts that processors have: whole pictures, patches of pictures of
// any shape (SigLIP 2), several pictures per text (SmolVLM, Gemma 3), patches of all pictures of a text in
// one list (Qwen-VL).

#include "core/models/model.h"

namespace headlight {

class PictureTensors {
public:
    /// From pixel_values and what stands beside it. Errors: BadInput naming the tensor that does not fit.
    static Expected<PictureTensors> read(const std::map<std::string, Tensor>& tensors, const ModelInfo& info);
    /// 0 without pictures; 1 where they belong to one text.
    std::int64_t examples() const { return m_examples; }
    void fill(ModelInput& input, std::int64_t index) const;

private:
    Status readWhole(const std::map<std::string, Tensor>& tensors);
    Status readFlexible(const std::map<std::string, Tensor>& tensors);
    Status readSeveral(const std::map<std::string, Tensor>& tensors);
    Status readList(const std::map<std::string, Tensor>& tensors);

    std::int64_t m_examples = 0;
    std::vector<ModelInput> m_filled; ///< of each example, the pictures only
};

} // namespace headlight

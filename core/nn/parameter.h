#pragma once
// Learned numbers by name, and where they come from: a file, or a fresh draw before training.

#include "core/tensor/tensor.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace headlight {

struct Parameter {
    std::string name; ///< Hugging Face's name
    Tensor value; ///< in its stored type; the trainer's are f32 views of memory it updates
    int index = 0; ///< place in the model's list, for gradients
};
using ParameterRef = std::shared_ptr<Parameter>;

/// How a parameter starts when it is not read: a normal draw, or a constant.
struct Initialisation {
    float deviation = 0.0f, constant = 0.0f;
    static Initialisation normal(float deviation) { return { deviation, 0.0f }; }
    static Initialisation zeros() { return {}; }
    static Initialisation ones() { return { 0.0f, 1.0f }; }
};

/// Hands out parameters while a model is built, and collects what went wrong: a family's code needs no error path.
class ParameterSource {
public:
    virtual ~ParameterSource() = default;
    /// A parameter of this name and shape. When it is missing or of another shape the problem is kept for `problems`
    /// and a scalar stands in.
    ParameterRef take(const std::string& name, const Shape& shape, Initialisation initialisation);
    /// True if the source has (or would make) the parameter; for optional ones.
    virtual bool has(const std::string& name) const = 0;
    /// The type it is stored in; nothing where it is missing, or not stored.
    virtual std::optional<DType> storedAs(const std::string&) const { return std::nullopt; }

    const std::vector<ParameterRef>& taken() const { return m_taken; }
    /// One line each: name, found, expected.
    const std::vector<std::string>& problems() const { return m_problems; }

protected:
    /// The value, or an empty tensor when there is none.
    virtual Tensor find(const std::string& name, const Shape& shape, Initialisation initialisation) = 0;

private:
    std::vector<ParameterRef> m_taken;
    std::map<std::string, ParameterRef> m_byName;
    std::vector<std::string> m_problems;
};

} // namespace headlight

#pragma once
// The memory a trainer updates: all parameters of a model in one flat array that the model reads through views.

#include "core/models/model.h"
#include "core/train/adamw.h"

namespace headlight {

class ParameterMemory {
public:
    /// Copies the model's parameters and makes the model read from here. The model's views keep the memory alive.
    explicit ParameterMemory(const Model& model);

    std::span<float> values() { return *m_values; }
    std::span<const float> values() const { return *m_values; }
    std::size_t count() const { return m_values->size(); }
    /// The parts of `flat` that belong to each parameter, by index.
    std::vector<std::span<float>> parts(std::span<float> flat) const;
    /// Matrices and tables, which weight decay applies to; biases and norms are left alone.
    std::vector<AdamW::Range> decayed() const;

    /// `flat` (as many numbers as here) by parameter name, copied; and back. Names get `prefix` in front.
    std::map<std::string, Tensor> named(std::span<const float> flat, const std::string& prefix = {}) const;
    /// Errors: BadFile naming what is missing or has another shape.
    Status read(const std::map<std::string, Tensor>& tensors, const std::string& prefix, std::span<float> flat) const;

private:
    struct Slot {
        std::string name;
        Shape shape;
        std::size_t begin;
    };
    std::vector<Slot> m_slots;
    std::shared_ptr<std::vector<float>> m_values;
};

/// Gives a model those parameters that have its names and shapes; returns how many it took.
int adoptParameters(const Model& model, const std::map<std::string, Tensor>& parameters);

} // namespace headlight

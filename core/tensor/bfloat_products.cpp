#include "core/tensor/bfloat_products.h"

#include "core/tensor/compute.h"

#include <dnnl.hpp>
#include <omp.h>

namespace headlight {
namespace {

thread_local Compute t_compute = Compute::Float32;

using Tag = dnnl::memory::format_tag;
using Type = dnnl::memory::data_type;

const dnnl::engine& processor()
{
    static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
    return engine;
}

} // namespace

std::string_view name(Compute compute)
{
    return compute == Compute::Bfloat16 ? "bf16" : "f32";
}

std::optional<Compute> computeFromName(std::string_view wanted)
{
    for (const Compute compute : { Compute::Float32, Compute::Bfloat16 })
        if (name(compute) == wanted)
            return compute;
    return std::nullopt;
}

bool isAvailable(Compute compute)
{
    constexpr int needed = dnnl_cpu_isa_avx512_core_bf16;
    return compute == Compute::Float32 || (int(dnnl_get_effective_cpu_isa()) & needed) == needed;
}

ComputeScope::ComputeScope(Compute compute)
    : m_before(std::exchange(t_compute, compute))
{
}

ComputeScope::~ComputeScope()
{
    t_compute = m_before;
}

Compute currentCompute()
{
    return t_compute;
}

void bfloatProduct(const BfloatProduct& p)
{
    if (p.rows == 0 || p.outer == 0)
        return;
    if (p.inner == 0) {
        for (std::int64_t i = 0; i < p.rows; ++i)
            std::fill_n(p.y + i * p.yStride, p.outer, 0.0f);
        return;
    }
    omp_set_num_threads(1); // parallelFor is the only one that starts threads
    const dnnl::memory::desc x({ p.rows, p.inner }, Type::bf16, Tag::ab);
    const dnnl::memory::desc weight(
        { p.inner, p.outer }, Type::bf16, p.transpose == Transpose::Yes ? Tag::ba : Tag::ab);
    const dnnl::memory::desc y({ p.rows, p.outer }, Type::f32, dnnl::memory::dims{ p.yStride, 1 });
    // oneDNN remembers primitives by their shape; looking one up takes two microseconds.
    const dnnl::matmul product(dnnl::matmul::primitive_desc(dnnl::matmul::desc(x, weight, y), processor()));
    dnnl::stream stream(processor());
    product.execute(stream,
        { { DNNL_ARG_SRC, dnnl::memory(x, processor(), const_cast<std::uint16_t*>(p.x)) },
            { DNNL_ARG_WEIGHTS, dnnl::memory(weight, processor(), const_cast<std::uint16_t*>(p.weight)) },
            { DNNL_ARG_DST, dnnl::memory(y, processor(), p.y) } });
    stream.wait();
}

} // namespace headlight

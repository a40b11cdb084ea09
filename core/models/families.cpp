#include "core/models/families.h"

#include "core/models/checkpoint.h"

#include <random>
#include <set>

namespace headlight {
namespace {

/// Parameters of a file. A bare model's names lack the family's prefix, and old files call a norm's parameters gamma
/// and beta: both are looked for as well.
class StoredParameters final : public ParameterSource {
public:
    StoredParameters(const ParameterStore& store, std::string_view prefix)
        : m_store(store)
        , m_prefix(prefix)
    {
    }
    bool has(const std::string& name) const override { return lookUp(name) != nullptr; }
    std::optional<DType> storedAs(const std::string& name) const override
    {
        const Tensor* tensor = lookUp(name);
        return tensor == nullptr ? std::nullopt : std::optional(tensor->dtype());
    }
    std::vector<std::string> unused() const
    {
        std::vector<std::string> names;
        for (const auto& [name, tensor] : m_store.tensors())
            if (!m_used.contains(name))
                names.push_back(name);
        return names;
    }

private:
    Tensor find(const std::string& name, const Shape&, Initialisation) override
    {
        std::string stored;
        const Tensor* tensor = lookUp(name, &stored);
        m_used.insert(stored);
        return tensor == nullptr ? Tensor() : *tensor;
    }
    const Tensor* lookUp(const std::string& name, std::string* stored = nullptr) const
    {
        for (const std::string& candidate : candidates(name))
            if (const Tensor* tensor = m_store.find(candidate)) {
                if (stored != nullptr)
                    *stored = candidate;
                return tensor;
            }
        return nullptr;
    }
    std::vector<std::string> candidates(const std::string& name) const
    {
        std::vector<std::string> names { name };
        if (name.starts_with(m_prefix))
            names.push_back(name.substr(m_prefix.size()));
        const std::size_t simple = names.size();
        for (std::size_t i = 0; i < simple; ++i) {
            const std::string base = names[i];
            if (base.ends_with("LayerNorm.weight"))
                names.push_back(base.substr(0, base.size() - 6) + "gamma");
            if (base.ends_with("LayerNorm.bias"))
                names.push_back(base.substr(0, base.size() - 4) + "beta");
        }
        return names;
    }

    const ParameterStore& m_store;
    std::string m_prefix;
    std::set<std::string> m_used;
};

/// Parameters drawn anew, each from a generator of its own, so that their order does not matter.
class FreshParameters final : public ParameterSource {
public:
    /// `scale` multiplies every deviation.
    FreshParameters(std::uint64_t seed, float scale)
        : m_seed(seed)
        , m_scale(scale)
    {
    }
    bool has(const std::string&) const override { return true; }

private:
    Tensor find(const std::string& name, const Shape& shape, Initialisation start) override
    {
        std::uint64_t hash = 1469598103934665603ull; // FNV-1a, the same on every machine
        for (const char c : name)
            hash = (hash ^ std::uint8_t(c)) * 1099511628211ull;
        std::mt19937_64 random(m_seed ^ hash);
        return Tensor::make(shape, [&](std::span<float> out) {
            for (float& value : out)
                value = start.deviation > 0.0f ? m_scale * start.deviation * normal(random) : start.constant;
        });
    }
    /// Box-Muller: the standard library's normal_distribution differs between libraries.
    static float normal(std::mt19937_64& random)
    {
        const double u = (double(random() >> 11) + 0.5) * 0x1p-53, v = double(random() >> 11) * 0x1p-53;
        return float(std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * 3.14159265358979323846 * v));
    }

    std::uint64_t m_seed;
    float m_scale;
};

std::string familyNames()
{
    std::string names;
    for (const ModelFamily* family : families())
        names += fmt::format("{}{}", names.empty() ? "" : ", ", family->id);
    return names;
}

Expected<const ModelFamily*> familyOf(const Config& config, const std::string& where)
{
    const std::string type = config.modelType();
    if (type.empty())
        return Error { ErrorKind::Unsupported,
            fmt::format("{} does not say its model_type. Supported families: {}.", where, familyNames()) };
    for (const ModelFamily* family : families())
        if (family->id == type)
            return family;
    return Error { ErrorKind::Unsupported,
        fmt::format("{} is of the family \"{}\", which Headlight does not know. Supported families: {}.", where, type, familyNames()) };
}

Status checkArchitecture(const ModelFamily& family, const Config& config, const std::string& where)
{
    const std::string wanted = config.architecture();
    const auto& known = family.architectures;
    if (wanted.empty() || std::find(known.begin(), known.end(), wanted) != known.end())
        return {};
    return Error { ErrorKind::Unsupported,
        fmt::format("{} is a {}; of the family {}, Headlight knows {}.", where, wanted, family.id, fmt::join(known, ", ")) };
}

/// "3 parameters do not fit: a ...; b ...; and 1 more."
Error parameterError(const std::string& where, const std::vector<std::string>& problems)
{
    constexpr std::size_t shown = 3;
    const std::vector<std::string> first(problems.begin(), problems.begin() + std::ptrdiff_t(std::min(shown, problems.size())));
    const std::string rest = problems.size() > shown ? fmt::format("; and {} more", problems.size() - shown) : "";
    return { ErrorKind::BadFile,
        fmt::format("The parameters of {} do not fit its configuration: {}{}.", where, fmt::join(first, "; "), rest) };
}

} // namespace

std::span<const ModelFamily* const> families()
{
#define HEADLIGHT_NAME_FAMILY(name) &name##Family,
    static constexpr std::array list { HEADLIGHT_FAMILIES(HEADLIGHT_NAME_FAMILY) };
#undef HEADLIGHT_NAME_FAMILY
    return list;
}

/// Gives a finished model its parameters; a friend of Model, so that nobody else can.
class ModelLoader {
public:
    static Expected<std::unique_ptr<Model>> make(
        const ModelFamily& family, Config& config, ParameterSource& source, const std::string& where)
    {
        HEADLIGHT_TRY_STATUS(checkArchitecture(family, config, where));
        std::unique_ptr<Model> model = family.make(config, source);
        HEADLIGHT_TRY_STATUS(config.status());
        if (!source.problems().empty())
            return parameterError(where, source.problems());
        model->m_parameters = source.taken();
        model->m_info.family = family.id;
        if (!config.architecture().empty())
            model->m_info.architecture = config.architecture();
        return model;
    }
};

Expected<LoadedModel> loadModel(const std::filesystem::path& folder)
{
    HEADLIGHT_TRY(const Checkpoint checkpoint, Checkpoint::open(folder));
    return loadModel(checkpoint, folder.string());
}

Expected<LoadedModel> loadModel(const Checkpoint& checkpoint, const std::string& where)
{
    HEADLIGHT_TRY(Config config, checkpoint.config());
    HEADLIGHT_TRY(const ModelFamily* family, familyOf(config, where));
    HEADLIGHT_TRY_STATUS(checkArchitecture(*family, config, where));
    HEADLIGHT_TRY(const ParameterStore store, checkpoint.parameters());
    StoredParameters source(store, family->prefix);
    LoadedModel loaded;
    HEADLIGHT_TRY(loaded.model, ModelLoader::make(*family, config, source, where));
    loaded.unusedParameters = source.unused();
    loaded.storedType = store.dominantType();
    return loaded;
}

Expected<LoadedModel> freshModel(Config config, std::uint64_t seed)
{
    HEADLIGHT_TRY(const ModelFamily* family, familyOf(config, "The configuration"));
    // Families draw with a deviation of 0.02, which suits widths near 768; narrow models ask for more.
    FreshParameters source(seed, config.real("initializer_range", 0.02f) / 0.02f);
    LoadedModel loaded;
    HEADLIGHT_TRY(loaded.model, ModelLoader::make(*family, config, source, "The configuration"));
    return loaded;
}

} // namespace headlight

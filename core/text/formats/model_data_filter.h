#pragma once
// Takes model.vocab and model.merges out of the stream of tokenizer.json while the rest becomes a tree: a
// tree of 400,000 strings would take longer to build than all else together. Include in .cpp files only.

#include "core/io/json.h"
#include "core/text/subword_model.h"

namespace headlight {

class ModelDataFilter {
public:
    /// nlohmann's parser callback: false drops what was just read.
    bool operator()(int depth, Json::parse_event_t event, Json& parsed);

    ModelData data;
    Status status; ///< the first thing wrong

private:
    enum class Part { None, Tokens, ScoredTokens, Merges };

    void enter(Json::parse_event_t event);
    bool takeToken(Json::parse_event_t event, const Json& parsed);
    bool takeScoredToken(int depth, Json::parse_event_t event, const Json& parsed);
    bool takeMerge(int depth, Json::parse_event_t event, const Json& parsed);
    bool fail(const std::string& message);

    std::string m_keys[3]; ///< the last key read at each depth
    Part m_part = Part::None;
    std::string m_token; ///< whose id comes next
    std::vector<Json> m_element; ///< of the pair that is being read
};

} // namespace headlight

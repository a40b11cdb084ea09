#include "core/text/formats/model_data_filter.h"

namespace headlight {
namespace {

/// The reference's JSON reader rounds twice: the digits to a double, then their quotient by a power of ten.
/// Paths of equal score go by the last bit, so a Unigram tokenizer must have its numbers.
double asReferenceReads(double score)
{
    const std::string text = fmt::format("{}", std::abs(score)); // the shortest digits, as files hold them
    std::uint64_t digits = 0;
    int exponent = 0;
    bool fraction = false;
    for (const char c : text) {
        if (c == 'e')
            exponent += std::atoi(text.c_str() + text.find('e') + 1);
        if (c == '.')
            fraction = true;
        else if (c < '0' || c > '9')
            break;
        else {
            digits = digits * 10 + std::uint64_t(c - '0'); // 17 digits at most
            exponent -= fraction ? 1 : 0;
        }
    }
    const double power = std::pow(10.0, std::abs(exponent));
    const double read = exponent < 0 ? double(digits) / power : double(digits) * power;
    return std::signbit(score) ? -read : read;
}

} // namespace

using Event = Json::parse_event_t;

bool ModelDataFilter::operator()(int depth, Event event, Json& parsed)
{
    if (event == Event::key && depth <= 2) {
        m_keys[depth] = parsed.get<std::string>();
        return true;
    }
    if (depth == 2 && (event == Event::object_start || event == Event::array_start))
        enter(event);
    else if (depth == 2 && (event == Event::object_end || event == Event::array_end))
        m_part = Part::None;
    else if (depth >= 3 && m_part != Part::None && status)
        return m_part == Part::Tokens ? takeToken(event, parsed)
            : m_part == Part::Merges  ? takeMerge(depth, event, parsed)
                                      : takeScoredToken(depth, event, parsed);
    return true;
}

void ModelDataFilter::enter(Event event)
{
    if (m_keys[1] != "model")
        return;
    if (m_keys[2] == "vocab")
        m_part = event == Event::object_start ? Part::Tokens : Part::ScoredTokens;
    else if (m_keys[2] == "merges" && event == Event::array_start)
        m_part = Part::Merges;
}

/// "token": id
bool ModelDataFilter::takeToken(Event event, const Json& parsed)
{
    if (event == Event::key) {
        m_token = parsed.get<std::string>();
        return false;
    }
    if (event != Event::value || !parsed.is_number_integer())
        return fail(fmt::format("the vocabulary gives the token \"{}\" something that is no id.", m_token));
    status = data.vocabulary.add(std::move(m_token), parsed.get<std::int64_t>());
    return false;
}

/// ["token", score], the id is its place.
bool ModelDataFilter::takeScoredToken(int depth, Event event, const Json& parsed)
{
    if (depth == 4 && event == Event::value) {
        m_element.push_back(parsed);
        return false;
    }
    if (depth == 3 && event == Event::array_start) {
        m_element.clear();
        return true;
    }
    const bool isPair = depth == 3 && event == Event::array_end && m_element.size() == 2
        && m_element[0].is_string() && m_element[1].is_number();
    if (!isPair)
        return fail(fmt::format("the vocabulary lists {} without a score.",
            event == Event::value          ? parsed.dump(-1, ' ', true, Json::error_handler_t::replace)
                : m_element.empty()        ? "an empty entry"
                : m_element[0].is_string() ? '"' + m_element[0].get<std::string>() + '"'
                                           : "something"));
    status = data.vocabulary.add(m_element[0].get<std::string>(), std::int64_t(data.scores.size()));
    data.scores.push_back(asReferenceReads(m_element[1].get<double>()));
    return false;
}

/// "left right" or ["left", "right"]
bool ModelDataFilter::takeMerge(int depth, Event event, const Json& parsed)
{
    if (depth == 3 && event == Event::array_start) {
        m_element.clear();
        return true;
    }
    if (depth == 4 && event == Event::value && parsed.is_string()) {
        m_element.push_back(parsed);
        return false;
    }
    if (depth == 3 && event == Event::array_end && m_element.size() == 2) {
        data.merges.add(
            m_element[0].get_ref<const std::string&>(), m_element[1].get_ref<const std::string&>());
        return false;
    }
    if (depth == 3 && event == Event::value && parsed.is_string()
        && data.merges.addLine(parsed.get_ref<const std::string&>()))
        return false;
    return fail(fmt::format("merge {} is not two tokens.", data.merges.size()));
}

bool ModelDataFilter::fail(const std::string& message)
{
    status = Error{ ErrorKind::BadFile, message };
    return true;
}

} // namespace headlight

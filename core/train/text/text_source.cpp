#include "core/train/text/text_source.h"

#include "core/train/random.h"
#include "core/train/text/text_files.h"

namespace headlight {
namespace {

/// The index of a row's class; -1: left out.
Expected<std::int64_t> classOf(const TextSource& source, const std::string& value, const std::vector<std::string>& classes)
{
    const auto mapped = source.labels.find(value);
    if (mapped == source.labels.end())
        return Error { ErrorKind::BadFile,
            fmt::format("{} has the label \"{}\", which the recipe does not map; null would leave such texts out.",
                source.file, value) };
    if (mapped->second.empty())
        return std::int64_t(-1);
    const auto found = std::find(classes.begin(), classes.end(), mapped->second);
    if (found == classes.end())
        return Error { ErrorKind::BadFile,
            fmt::format("The recipe maps \"{}\" to \"{}\", but its classes are: {}.", value, mapped->second,
                fmt::join(classes, ", ")) };
    return std::int64_t(found - classes.begin());
}

Expected<std::vector<SourceText>> readTable(
    const TextSource& source, const std::filesystem::path& data, const std::vector<std::string>& classes)
{
    HEADLIGHT_TRY(const TextTable table, TextTable::read(data / source.file));
    HEADLIGHT_TRY(const std::size_t text, table.column(source.textColumn));
    std::vector<SourceText> result;
    if (source.labelColumn.empty()) {
        for (const auto& row : table.rows)
            result.push_back({ row[text] });
        return result;
    }
    HEADLIGHT_TRY(const std::size_t label, table.column(source.labelColumn));
    for (const auto& row : table.rows) {
        HEADLIGHT_TRY(const std::int64_t index, classOf(source, row[label], classes));
        if (index >= 0)
            result.push_back({ row[text], index });
    }
    return result;
}

Expected<std::vector<SourceText>> readLinesAsTexts(const TextSource& source, const std::filesystem::path& data)
{
    HEADLIGHT_TRY(const std::vector<std::string> lines, readLines(data / source.file));
    std::vector<SourceText> result;
    for (const std::string& line : lines)
        result.push_back({ line });
    return result;
}

} // namespace

TextSource readTextSource(RecipeFields& fields)
{
    TextSource source;
    source.file = fields.text("file", std::nullopt);
    source.name = fields.text("name", source.file);
    source.textColumn = fields.text("text", "");
    source.labelColumn = fields.text("label", "");
    source.repeats = fields.size("repeats", 1, 1, 100);
    if (!source.labelColumn.empty())
        for (const auto& [value, name] : fields.table("labels"))
            source.labels.emplace(value, name);
    fields.close();
    return source;
}

std::string splitKey(std::string_view text)
{
    std::string key;
    for (const char c : text)
        if (const auto byte = std::uint8_t(c); byte >= 0x80 || std::isalnum(byte) != 0)
            key += char(byte < 0x80 ? std::tolower(byte) : byte);
    return key;
}

Split splitOf(std::string_view text)
{
    const std::uint64_t place = hashText(splitKey(text)) % 100;
    return place < 8 ? Split::Validation : place < 20 ? Split::Test : Split::Train;
}

Expected<std::vector<SourceText>> readSources(
    const std::vector<TextSource>& sources, const std::filesystem::path& data, const std::vector<std::string>& classes)
{
    std::vector<SourceText> all;
    std::set<std::pair<int, std::string>> seen;
    for (std::size_t i = 0; i < sources.size(); ++i) {
        HEADLIGHT_TRY(std::vector<SourceText> texts,
            sources[i].textColumn.empty() ? readLinesAsTexts(sources[i], data) : readTable(sources[i], data, classes));
        for (SourceText& text : texts) {
            if (!seen.emplace(int(i), splitKey(text.text)).second)
                continue;
            text.source = int(i);
            text.split = splitOf(text.text);
            all.push_back(std::move(text));
        }
    }
    return all;
}

} // namespace headlight

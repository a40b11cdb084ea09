#include "app/input_options.h"

#include "core/audio/sound_reader.h"
#include "core/engine/turns_input.h"
#include "core/io/file.h"
#include "core/io/safetensors.h"
#include "core/vision/image_reader.h"

#include <charconv>

namespace headlight {
namespace {

/// A file or folder without the folders it is in; a name that is none stays.
std::string nameOf(const std::string& given)
{
    std::error_code failed;
    const std::filesystem::path path(given);
    return std::filesystem::exists(path, failed) ? std::filesystem::weakly_canonical(path, failed).filename().string()
                                                 : given;
}

/// A file, or the list itself, which no name of a file begins like.
Expected<std::vector<ChatTurn>> readTurns(const std::string& given)
{
    const std::size_t first = given.find_first_not_of(" \t\r\n");
    if (first != std::string::npos && (given[first] == '[' || given[first] == '{'))
        return turnsFromJson(given, "--turns");
    HEADLIGHT_TRY(const std::string text, readFile(given));
    return turnsFromJson(text, given);
}

Expected<std::vector<Image>> readImages(std::span<const std::string> paths)
{
    std::vector<Image> images;
    for (const std::string& path : paths) {
        HEADLIGHT_TRY(Image image, readImage(path));
        images.push_back(std::move(image));
    }
    return images;
}

} // namespace

void InputOptions::declare(CLI::App& app)
{
    m_app = &app;
    app.add_option("MODEL", m_model, "Bundled name, folder, file, or org/name of the Hugging Face cache")->required();
    CLI::Option* text = app.add_option("--text", m_text, "A text");
    app.add_option("--text-pair", m_pair, "A second text")->needs(text);
    CLI::Option* turns = app.add_option("--turns", m_turns,
        "A conversation, for models with a chat template: F.json, or itself, as [{\"role\": \"user\", \"content\": \"...\"}]; where pictures "
        "stand in it, \"content\" is a list: [{\"type\": \"image\"}, {\"type\": \"text\", \"text\": \"...\"}]");
    app.add_flag("--reply", m_reply, "End where the assistant is to speak next, as --generate does")->needs(turns);
    app.add_option("--image", m_images,
           "A picture file (PNG, JPEG, WebP); with --turns once for each {\"type\": \"image\"} in their order, without any of "
           "these all in front of what the user says first")
        ->allow_extra_args(false);
    app.add_option("--audio", m_audio, "A sound file (WAV, FLAC, OGG, MP3)");
    app.add_option("--ids", m_ids, "Token ids, separated by commas");
    app.add_option("--input", m_tensors, "Raw tensors (safetensors) named as Hugging Face names them");
    CLI::Option* target = app.add_option("--target", m_target, "A text that the decoder of a pair is fed with");
    app.add_option("--decoder-ids", m_decoderIds, "The same as token ids: 0,5,6")->excludes(target);
    CLI::Option* generate = app.add_option("--generate", m_generation.newTokens, "Let the model write up to N tokens, and run over all of them")
                                ->check(CLI::Range(1, 1 << 20));
    app.add_option("--beams", m_generation.beams, "Beam search with this many beams")->check(CLI::Range(1, 8))->needs(generate);
    app.add_option("--temperature", m_generation.temperature, "Draw tokens instead of taking the likeliest")
        ->check(CLI::Range(0.0f, 100.0f))->needs(generate);
    app.add_option("--top-k", m_generation.topK, "Draw among the K likeliest")->check(CLI::Range(1, 1 << 24))->needs(generate);
    app.add_option("--top-p", m_generation.topP, "Draw among the likeliest that make up this share")->check(CLI::Range(0.0f, 1.0f))->needs(generate);
    app.add_option("--seed", m_generation.seed, "Of the draws")->needs(generate);
    app.add_flag("--cut", m_cut, "Cut a text that is too long instead of refusing it");
    app.add_option("--compute", m_compute, "What linear maps multiply in: bf16 is faster and coarser, where the processor has it")
        ->check(CLI::IsMember({ "f32", "bf16" }))->capture_default_str();
    app.add_flag("--compute-error", m_computeError, "Run in f32 as well and say how far the outputs differ");
}

std::vector<std::string> saidOptions(
    const CLI::App& app, std::span<const char* const> names, std::span<const char* const> files)
{
    std::vector<std::string> all;
    const auto add = [&](const char* name, bool file) {
        if (app.count(name) == 0)
            return;
        all.emplace_back(name);
        if (app.get_option(name)->get_items_expected_max() == 0) // a flag
            return;
        const std::vector<std::string> values = app.get_option(name)->results();
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (i > 0)
                all.emplace_back(name); // given once for each
            all.push_back(file ? nameOf(values[i]) : values[i]);
        }
    };
    for (const char* name : names)
        add(name, false);
    for (const char* name : files)
        add(name, true);
    return all;
}

std::vector<std::string> InputOptions::said() const
{
    static constexpr const char* names[]{ "--text", "--text-pair", "--ids", "--target", "--decoder-ids", "--generate",
        "--beams", "--temperature", "--top-k", "--top-p", "--seed", "--cut", "--reply", "--compute" };
    static constexpr const char* files[]{ "--turns", "--image", "--audio", "--input" };
    std::vector<std::string> all = saidOptions(*m_app, names, files);
    all.insert(all.begin(), nameOf(m_model));
    return all;
}

Expected<AnalysisInput> InputOptions::input() const
{
    // A text beside a picture belongs to it (CLIP), pictures beside turns to these; every other two are one too many.
    const bool pictures = m_app->count("--image") > 0, talk = m_app->count("--turns") > 0;
    const bool described = pictures && !talk && m_app->count("--text") > 0 && m_app->count("--text-pair") == 0;
    std::vector<std::string> given;
    for (const char* option : { "--text", "--turns", "--image", "--audio", "--ids", "--input" })
        if (m_app->count(option) > 0 && !(described && option == std::string_view("--text"))
            && !(talk && option == std::string_view("--image")))
            given.emplace_back(option);
    if (given.size() != 1)
        throw CLI::ValidationError("INPUT",
            given.empty() ? "one of --text, --turns, --image, --audio, --ids, --input is needed"
                          : fmt::format("{} do not go together", fmt::join(given, " and ")));
    if (given.front() == "--text")
        return AnalysisInput(TextInput { m_text, m_app->count("--text-pair") > 0 ? std::optional(m_pair) : std::nullopt });
    if (given.front() == "--turns") {
        HEADLIGHT_TRY(std::vector<ChatTurn> turns, readTurns(m_turns));
        HEADLIGHT_TRY(std::vector<Image> images, readImages(m_images));
        HEADLIGHT_TRY(TurnsInput input, withPictures(std::move(turns), std::move(images)));
        input.reply = m_reply ? ChatTemplate::Reply::Begun : ChatTemplate::Reply::No;
        return AnalysisInput(std::move(input));
    }
    if (given.front() == "--ids")
        return AnalysisInput(IdsInput { numberList("--ids", m_ids) });
    if (given.front() == "--image") {
        if (m_images.size() > 1)
            throw CLI::ValidationError("--image", "one picture at a time; several go with --turns");
        HEADLIGHT_TRY(Image image, readImage(m_images.front()));
        return AnalysisInput(ImageInput { std::move(image), described ? m_text : std::string() });
    }
    if (given.front() == "--audio") {
        HEADLIGHT_TRY(Sound sound, readSound(m_audio));
        return AnalysisInput(SoundInput { std::move(sound) });
    }
    HEADLIGHT_TRY(const SafetensorsFile file, SafetensorsFile::open(m_tensors));
    return AnalysisInput(TensorInput { file.tensors() });
}

Expected<AnalysisRequest> InputOptions::request() const
{
    AnalysisRequest request;
    if (m_app->count("--target") > 0)
        request.target = m_target;
    if (m_app->count("--decoder-ids") > 0)
        request.decoderIds = numberList("--decoder-ids", m_decoderIds);
    if (m_app->count("--generate") > 0)
        request.generation = m_generation;
    request.cutToFit = m_cut;
    request.compute = computeFromName(m_compute).value_or(Compute::Float32);
    request.measureCompute = m_computeError;
    HEADLIGHT_TRY(request.input, input());
    return request;
}

std::vector<std::int64_t> numberList(const std::string& option, const std::string& text)
{
    std::vector<std::int64_t> numbers;
    const char* at = text.data();
    const char* const end = text.data() + text.size();
    while (at <= end) {
        std::int64_t number = 0;
        const auto [next, failed] = std::from_chars(at, end, number);
        if (failed != std::errc() || (next != end && *next != ','))
            throw CLI::ValidationError(option, fmt::format("\"{}\" is not a list of whole numbers like 1,2,3", text));
        numbers.push_back(number);
        at = next + 1;
    }
    return numbers;
}

} // namespace headlight

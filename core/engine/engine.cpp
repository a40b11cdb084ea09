#include "core/engine/engine.h"

#include "core/engine/memory_estimate.h"
#include "core/engine/decoder_input.h"
#include "core/engine/generation.h"
#include "core/engine/picture_input.h"
#include "core/engine/picture_text.h"
#include "core/engine/sound_input.h"
#include "core/engine/tokens.h"
#include "core/engine/turns_input.h"
#include "core/base/parallel_for.h"
#include "core/io/file.h"
#include "core/models/checkpoint.h"
#include "core/models/families.h"
#include "core/models/gguf/gguf_tokenizer.h"


namespace headlight {
namespace {

namespace fs = std::filesystem;

bool isThere(const fs::path& path)
{
    std::error_code ignored;
    return fs::exists(path, ignored);
}

/// Tokenizer files are optional (ids can be run without), broken ones are an error. A GGUF file's own comes first.
Status openTokenizer(OpenModel& model, const Checkpoint& checkpoint)
{
    if (checkpoint.gguf() != nullptr) {
        HEADLIGHT_TRY(model.tokenizer, ggufTokenizer(*checkpoint.gguf()));
    }
    if (model.tokenizer == nullptr && Tokenizer::reads(checkpoint.folder())) {
        HEADLIGHT_TRY(model.tokenizer, Tokenizer::open(checkpoint.folder()));
    }
    return {};
}

Status openPreprocessor(OpenModel& model, const fs::path& folder)
{
    if (!isThere(folder / "preprocessor_config.json"))
        return {};
    HEADLIGHT_TRY(const bool sound, describesSound(folder));
    if (sound) {
        HEADLIGHT_TRY(model.featureExtractor, FeatureExtractor::open(folder));
        return {};
    }
    HEADLIGHT_TRY(model.imageProcessor, ImageProcessor::open(folder));
    return {};
}

/// What the variants of AnalysisInput become: rows to run, and what their tokens are.
struct Prepared {
    std::vector<ModelInput> rows;
    std::vector<TokenInfo> tokens, decoderTokens, patchTokens;
    TurnsText turnsText;
    std::optional<ProcessedImage> image;
    std::optional<PatchGrid> patches, textPatches;
    std::optional<SoundFeatures> heard;
    std::optional<TimeGrid> times;
    std::int64_t tokensCut = 0;
};

class Preparation {
public:
    Preparation(const OpenModel& model, const AnalysisRequest& request)
        : m_model(model)
        , m_info(model.network->info())
        , m_request(request)
    {
    }

    Expected<Prepared> operator()(const TextInput& input) const
    {
        if (m_info.input != InputKind::Text && m_info.input != InputKind::ImageAndText)
            return Error { ErrorKind::BadInput, fmt::format("{} takes {}, not a text.", m_model.name, displayName(m_info.input)) };
        if (m_model.tokenizer == nullptr)
            return Error { ErrorKind::BadInput,
                fmt::format("{} holds no tokenizer (tokenizer.json or vocab.txt), so text cannot be read; token ids can.",
                    m_model.folder.string()) };
        return encoded(m_model.tokenizer->encode(
            input.text, input.pair ? std::optional<std::string_view>(*input.pair) : std::nullopt));
    }

    Expected<Prepared> operator()(const TurnsInput& input) const
    {
        const auto speaks = m_request.generation ? TurnsText::Speaks::Model : TurnsText::Speaks::Nobody;
        HEADLIGHT_TRY(std::vector<PictureInText> pictures, preparePictures(input));
        PictureWords words;
        for (const PictureInText& picture : pictures) {
            words.placeholder = picture.placeholder;
            words.words.push_back(picture.inPlace);
        }
        HEADLIGHT_TRY(TurnsText text, textOfTurns(m_model, input, speaks, words));
        HEADLIGHT_TRY(Prepared prepared, encoded(m_model.tokenizer->encode(text.text, std::nullopt, SpecialTokens::Leave)));
        nameTurns(prepared.tokens, text);
        prepared.turnsText = std::move(text);
        if (!pictures.empty())
            takePictures(std::move(pictures), prepared);
        return prepared;
    }

    Expected<Prepared> encoded(Encoding encoding) const
    {
        if (std::none_of(encoding.sequenceIndex.begin(), encoding.sequenceIndex.end(), [](int s) { return s >= 0; }))
            return Error { ErrorKind::BadInput, "There is nothing to run: the text is empty." };
        Prepared prepared;
        if (m_request.cutToFit && m_info.maximumPositions > 0)
            prepared.tokensCut = cutEncoding(encoding, m_info.maximumPositions);
        padEncoding(encoding, m_info.textLength, *m_model.tokenizer);
        prepared.tokens = describeTokens(encoding, *m_model.tokenizer);
        ModelInput row;
        row.ids = std::move(encoding.ids);
        row.typeIds = std::move(encoding.typeIds);
        prepared.rows.push_back(std::move(row));
        return prepared;
    }

    Expected<Prepared> operator()(const IdsInput& input) const
    {
        if (m_info.input != InputKind::Text && m_info.task != Task::ImageTextMatching && m_info.pictureToken < 0)
            return Error { ErrorKind::BadInput, fmt::format("{} takes {}, not token ids.", m_model.name, displayName(m_info.input)) };
        Prepared prepared;
        ModelInput row;
        row.ids = input.ids;
        prepared.tokens = describeIds(row.ids, m_model.tokenizer.get());
        prepared.rows.push_back(std::move(row));
        return prepared;
    }

    Expected<Prepared> operator()(const ImageInput& input) const
    {
        if (m_info.input != InputKind::Image && m_info.input != InputKind::ImageAndText)
            return Error { ErrorKind::BadInput, fmt::format("{} takes {}, not a picture.", m_model.name, displayName(m_info.input)) };
        if (m_info.input == InputKind::Image && !input.text.empty())
            return Error { ErrorKind::BadInput, fmt::format("{} takes a picture, and no text beside it.", m_model.name) };
        if (m_info.pictureToken >= 0)
            return pictureInText(input);
        HEADLIGHT_TRY(PictureInput picture, preparePicture(m_model, input.image));
        Prepared prepared;
        prepared.rows.emplace_back();
        if (!input.text.empty()) {
            HEADLIGHT_TRY(prepared, (*this)(TextInput { input.text, {} }));
        }
        prepared.rows.front().pixelValues = std::move(picture.input.pixelValues);
        prepared.rows.front().pixelMask = std::move(picture.input.pixelMask);
        describeImage(prepared, picture.image.area);
        prepared.image = std::move(picture.image);
        return prepared;
    }

    Expected<Prepared> operator()(const SoundInput& input) const
    {
        HEADLIGHT_TRY(PreparedSound sound, prepareSound(m_model, input.sound));
        Prepared prepared;
        prepared.rows.push_back(std::move(sound.row));
        prepared.heard = std::move(sound.features);
        return prepared;
    }

    Expected<Prepared> operator()(const TensorInput& input) const
    {
        Prepared prepared;
        HEADLIGHT_TRY(prepared.rows, inputsFromTensors(input.tensors, m_info));
        const ModelInput& first = prepared.rows.front();
        const bool sees = m_info.input == InputKind::Image || m_info.input == InputKind::ImageAndText;
        if (!first.ids.empty())
            prepared.tokens = describeIds(first.ids, m_model.tokenizer.get());
        if (sees && first.pixelValues.empty() && first.hasPicture()) {
            auto& described = m_info.input == InputKind::Image ? prepared.tokens : prepared.patchTokens;
            std::tie(prepared.patches, described) = towerOf(first, m_info);
        }
        if (sees && !first.pixelValues.empty())
            describeImage(prepared, { 0, 0, double(first.pixelValues.shape()[2]), double(first.pixelValues.shape()[1]) });
        return prepared;
    }

private:
    /// The text around the picture is what is shown; patches among its words know their places.
    Expected<Prepared> pictureInText(const ImageInput& input) const
    {
        HEADLIGHT_TRY(PictureInText picture, preparePictureInText(m_model, input.image));
        HEADLIGHT_TRY(Prepared prepared, (*this)(TextInput { picture.inText(input.text), {} }));
        std::vector<PictureInText> pictures;
        pictures.push_back(std::move(picture));
        takePictures(std::move(pictures), prepared);
        return prepared;
    }
    Expected<std::vector<PictureInText>> preparePictures(const TurnsInput& input) const
    {
        std::vector<PictureInText> pictures;
        for (const Image& image : picturesInOrder(input)) {
            if (m_info.pictureToken < 0)
                return Error { ErrorKind::BadInput,
                    fmt::format("{} reads words alone: take the pictures out of the conversation.", m_model.name) };
            HEADLIGHT_TRY(PictureInText picture, preparePictureInText(m_model, image));
            pictures.push_back(std::move(picture));
        }
        return pictures;
    }
    void takePictures(std::vector<PictureInText> pictures, Prepared& prepared) const
    {
        PicturesInText seen = putPictures(std::move(pictures), m_info, prepared.rows.front(), prepared.tokens);
        prepared.textPatches = std::move(seen.textPatches);
        prepared.patches = std::move(seen.patches);
        prepared.patchTokens = std::move(seen.patchTokens);
        prepared.image = std::move(seen.image);
    }
    void describeImage(Prepared& prepared, const PictureArea& area) const
    {
        prepared.patches = patchGrid(m_info, prepared.rows.front().pixelValues.shape(), area);
        auto& described = m_info.input == InputKind::ImageAndText ? prepared.patchTokens : prepared.tokens;
        described = describePicture(m_info, *prepared.patches);
        prepared.decoderTokens = describeQueries(m_info);
    }

    const OpenModel& m_model;
    const ModelInfo& m_info;
    const AnalysisRequest& m_request;
};

/// Lets the model write and puts what it wrote behind its input, so that the pass that follows covers all of it.
Expected<Generated> writeOn(const OpenModel& model, const GenerationOptions& options, Prepared& prepared, const JobControl& control)
{
    const bool pair = model.network->info().pair;
    const Tokenizer* tokenizer = decoderTokenizer(model);
    const auto text = [tokenizer](std::span<const std::int64_t> ids) {
        return tokenizer == nullptr ? fmt::format("{}", fmt::join(ids, ",")) : tokenizer->decode(ids);
    };
    const GenerationIds& ids = model.generation;
    ModelInput& input = prepared.rows.front();
    std::vector<std::int64_t>& all = pair ? input.decoderIds : input.ids;
    Generated generated;
    generated.firstToken = std::int64_t(all.size());
    Writer writer(*model.network, ids, options, control);
    HEADLIGHT_TRY(generated.ids, writer.write(input, text));
    generated.text = text(generated.ids);
    all.insert(all.end(), generated.ids.begin(), generated.ids.end());
    if (!pair && !input.attentionMask.empty())
        input.attentionMask.resize(all.size(), 1);
    if (!pair && !input.typeIds.empty())
        input.typeIds.resize(all.size(), 0);
    if (!pair)
        for (TokenInfo& token : describeIds(generated.ids, tokenizer)) {
            token.turn = prepared.turnsText.speaking;
            prepared.tokens.push_back(std::move(token));
        }
    return generated;
}

/// Describes the moments of a sound, and feeds the decoders of pairs.
Status complete(const OpenModel& model, const AnalysisRequest& request, Prepared& prepared, const JobControl& control)
{
    for (ModelInput& row : prepared.rows) {
        HEADLIGHT_TRY(row.decoderIds, decoderFeed(model, request, row, control));
    }
    if (model.network->info().input == InputKind::Sound) {
        HEADLIGHT_TRY_STATUS(model.network->check(prepared.rows.front()));
        prepared.times = timesOf(model, prepared.rows.front());
        prepared.tokens = describeMoments(*prepared.times);
    }
    return {};
}

/// What the decoder was fed and wrote. The text beside a picture that a decoder goes on with is its text.
void describeDecoder(const OpenModel& model, Prepared& prepared)
{
    const std::vector<std::int64_t>& ids = prepared.rows.front().decoderIds;
    if (ids.empty())
        return;
    prepared.decoderTokens = describeIds(ids, decoderTokenizer(model));
    if (model.network->info().input == InputKind::ImageAndText)
        prepared.tokens = prepared.decoderTokens;
}

Error cancelled()
{
    return { ErrorKind::Cancelled, "Stopped." };
}

/// All of a result but what the passes bring. `prepared` keeps its rows.
AnalysisResult described(const std::shared_ptr<const OpenModel>& model, const AnalysisRequest& request, Prepared& prepared)
{
    AnalysisResult result;
    result.model = model;
    result.tokens = std::move(prepared.tokens);
    if (const auto* given = std::get_if<TurnsInput>(&request.input))
        result.turns = given->turns;
    result.turnsText = std::move(prepared.turnsText.written);
    result.decoderTokens = std::move(prepared.decoderTokens);
    result.patchTokens = std::move(prepared.patchTokens);
    if (const auto* given = std::get_if<ImageInput>(&request.input))
        result.picture = given->image;
    else if (const auto* talk = std::get_if<TurnsInput>(&request.input); talk && prepared.image)
        result.picture = picturesInOrder(*talk).back();
    if (const auto* given = std::get_if<SoundInput>(&request.input))
        result.sound = given->sound;
    result.heard = std::move(prepared.heard);
    result.times = prepared.times;
    result.image = std::move(prepared.image);
    result.patches = prepared.patches;
    result.textPatches = prepared.textPatches;
    result.fed = prepared.rows.front();
    result.tokensCut = prepared.tokensCut;
    return result;
}

/// Tells who waits about the layers that are done.
std::function<void(const Trace&)> teller(const AnalysisRequest& request, const AnalysisResult& result)
{
    using Clock = std::chrono::steady_clock;
    if (!request.partial)
        return {};
    return [&request, &result, last = Clock::now()](const Trace& soFar) mutable {
        if (soFar.layers().empty() || Clock::now() - last < request.partialInterval)
            return;
        auto partial = std::make_shared<AnalysisResult>(result);
        partial->trace = std::make_shared<Trace>(soFar); // shares the layers
        partial->complete = false;
        request.partial(std::move(partial));
        last = Clock::now();
    };
}

/// Runs every row of the batch; the first one is what is shown.
Status runRows(const OpenModel& model, const AnalysisRequest& request, std::span<const ModelInput> inputs,
    AnalysisResult& result, const JobControl& control)
{
    std::vector<std::map<std::string, Tensor>> rows;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        PassRequest pass { request.trace, i == 0 ? request.gradient : std::nullopt, {}, {} };
        if (i == 0)
            pass.watch = teller(request, result);
        if (i == 0 && request.earlier != nullptr && request.earlier->model.get() == &model && request.earlier->compute == request.compute)
            pass.earlier = { request.earlier->fed.ids, request.earlier->trace };
        HEADLIGHT_TRY(PassResult done, runPass(*model.network, inputs[i], pass, control));
        if (i == 0) {
            result.trace = done.trace;
            result.milliseconds = done.milliseconds;
            result.known = done.known;
            result.compute = request.compute;
            if (request.measureCompute) {
                HEADLIGHT_TRY(result.computeError, measureComputeError(*model.network, inputs[i], done.trace->outputs(), control));
            }
        }
        if (std::holds_alternative<TensorInput>(request.input))
            rows.push_back(namedTensors(*done.trace, model.network->info()));
    }
    if (rows.empty())
        return {};
    result.stacked = stackRows(rows);
    if (rows.size() > 1)
        model.network->joinBatch(result.stacked);
    return {};
}

Expected<std::shared_ptr<const AnalysisResult>> analyse(
    const std::shared_ptr<const OpenModel>& model, const AnalysisRequest& request, const JobControl& control)
{
    HEADLIGHT_TRY_STATUS(checkCompute(request.compute));
    const ComputeScope compute(request.compute);
    HEADLIGHT_TRY(Prepared prepared, std::visit(Preparation(*model, request), request.input));
    HEADLIGHT_TRY_STATUS(complete(*model, request, prepared, control));
    const ModelInput& first = prepared.rows.front();
    HEADLIGHT_TRY_STATUS(checkMemory(model->network->info(),
        model->network->tokens(first) + std::int64_t(first.decoderIds.size()), request));
    control.report(0.0, "running");
    std::optional<Generated> generated;
    if (request.generation) {
        HEADLIGHT_TRY(generated, writeOn(*model, *request.generation, prepared, control));
    }
    describeDecoder(*model, prepared);
    auto result = std::make_shared<AnalysisResult>(described(model, request, prepared));
    result->generated = std::move(generated);
    HEADLIGHT_TRY_STATUS(runRows(*model, request, prepared.rows, *result, control));
    result->boxes = detectedBoxes(model->network->info(), result->trace->outputs(), result->patches);
    result->predictions = predictions(*result);
    return std::shared_ptr<const AnalysisResult>(std::move(result));
}

} // namespace

Engine::Engine(Resources resources)
    : m_resources(std::move(resources))
{
}

Expected<std::shared_ptr<const OpenModel>> Engine::open(const std::string& reference, const JobControl& control) const
try {
    const StopScope stoppable(control);
    control.report(0.0, "looking for the model");
    auto model = std::make_shared<OpenModel>();
    HEADLIGHT_TRY(model->folder, resolveModel(reference, m_resources));
    model->name = modelName(model->folder, m_resources);
    control.report(0.1, "reading parameters");
    HEADLIGHT_TRY(const Checkpoint checkpoint, Checkpoint::open(model->folder));
    HEADLIGHT_TRY(LoadedModel loaded, loadModel(checkpoint, model->folder.string()));
    model->network = std::move(loaded.model);
    model->storedType = loaded.storedType;
    model->unusedParameters = std::move(loaded.unusedParameters);
    model->parameterCount = model->network->parameterCount();
    control.report(0.7, "reading the tokenizer");
    HEADLIGHT_TRY_STATUS(openTokenizer(*model, checkpoint));
    model->chatTemplate = openChatTemplate(*model, checkpoint);
    HEADLIGHT_TRY_STATUS(openPreprocessor(*model, checkpoint.folder()));
    HEADLIGHT_TRY(model->generation, GenerationIds::read(checkpoint));
    if (const Expected<std::string> card = readFile(checkpoint.folder() / "README.md"); card)
        model->card = *card;
    control.report(1.0, "ready");
    return std::shared_ptr<const OpenModel>(std::move(model));
} catch (const Stopped&) {
    return cancelled();
} catch (const std::bad_alloc&) {
    return Error { ErrorKind::Unsupported, fmt::format("There is not enough memory to open {}.", reference) };
}

Expected<std::shared_ptr<const AnalysisResult>> Engine::run(
    const std::shared_ptr<const OpenModel>& model, const AnalysisRequest& request, const JobControl& control) const
try {
    HEADLIGHT_CHECK(model != nullptr, "a run without a model");
    const StopScope stoppable(control);
    return analyse(model, request, control);
} catch (const Stopped&) {
    return cancelled();
} catch (const std::bad_alloc&) {
    return Error { ErrorKind::BadInput, "There is not enough memory for this input; try a shorter one." };
}

} // namespace headlight

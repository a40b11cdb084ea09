// The facade as the window and the command line use it: a folder is opened, a text, ids, tensors or a picture are run,
// and what cannot be run is said in a sentence. The numbers are those of tst_golden_models; here it is what surrounds them.

#include "core/engine/engine.h"
#include "core/io/safetensors.h"
#include "tests/support/random_numbers.h"
#include "tests/support/tiny_model.h"

#include <numeric>
#include <thread>

using namespace headlight;

Q_DECLARE_METATYPE(headlight::AnalysisInput)

class TestEngine : public test::TestCase {
    Q_OBJECT
private slots:
    void opensAFolder();
    void opensWhatIsThere_data();
    void opensWhatIsThere();
    void brokenPartsAreErrors_data();
    void brokenPartsAreErrors();
    void runsAText();
    void runsAPair();
    void runsIds();
    void runsAPicture();
    void tooLongSaysHowManyFit();
    void cutsToFit_data();
    void cutsToFit();
    void refuses_data();
    void refuses();
    void stacksABatch();
    void batchesThatDoNotFit_data();
    void batchesThatDoNotFit();
    void keepsSomeLayers();
    void gradientTargets_data();
    void gradientTargets();
    void predictsMaskedWords();
    void predictsClasses();
    void predictsAnAnswer();
    void stopsWithinALayer();
    void stopsBeforeItBegins();
    void tellsOfLayersAsTheyAreDone();
    void twoThreadsAtOnce();

private:
    std::shared_ptr<const OpenModel> open(const test::ScratchFolder& folder) const
    {
        const auto opened = m_engine.open(folder.path().string(), {});
        if (!opened)
            qFatal("%s", opened.error().message.c_str());
        return *opened;
    }
    Expected<std::shared_ptr<const AnalysisResult>> run(AnalysisInput input) const
    {
        AnalysisRequest request;
        request.input = std::move(input);
        return m_engine.run(m_model, request, {});
    }

    const Engine m_engine { Resources("/no/such/resources") };
    const test::TinyModel m_folder;
    const std::shared_ptr<const OpenModel> m_model = open(m_folder);
};

namespace {

std::vector<std::string> pieces(const AnalysisResult& result)
{
    std::vector<std::string> found;
    for (const TokenInfo& token : result.tokens)
        found.push_back(token.piece);
    return found;
}

/// The maps of two results differ by no bit.
bool sameAttention(const AnalysisResult& a, const AnalysisResult& b)
{
    const auto left = namedTensors(*a.trace, a.model->network->info()), right = namedTensors(*b.trace, b.model->network->info());
    return left.size() == right.size() && std::ranges::all_of(left, [&](const auto& entry) {
        return right.contains(entry.first) && std::ranges::equal(entry.second.floats(), right.at(entry.first).floats());
    });
}

TensorInput idsTensor(const std::vector<std::vector<std::int64_t>>& rows)
{
    std::vector<std::int64_t> flat;
    for (const auto& row : rows)
        flat.insert(flat.end(), row.begin(), row.end());
    return { { { "input_ids", Tensor::fromIntegers({ std::int64_t(rows.size()), std::int64_t(rows.front().size()) }, flat) } } };
}

Image picture(int width, int height)
{
    return Image::make(width, height, [](std::span<std::uint8_t> pixels) {
        for (std::size_t i = 0; i < pixels.size(); ++i)
            pixels[i] = std::uint8_t(i * 7);
    });
}

} // namespace

void TestEngine::opensAFolder()
{
    QCOMPARE(m_model->name, m_folder.path().filename().string());
    QVERIFY(m_model->tokenizer != nullptr && !m_model->imageProcessor);
    QCOMPARE(m_model->network->info().architecture, std::string("BertForMaskedLM"));
    QCOMPARE(m_model->parameterCount, m_model->network->parameterCount());
    QCOMPARE(int(m_model->storedType), int(DType::F32));
    test::writeBytes(m_folder / "README.md", "# A card\n");
    std::vector<double> fractions;
    const JobControl watched({}, [&](double fraction, std::string_view) { fractions.push_back(fraction); });
    const auto again = m_engine.open((m_folder / "config.json").string(), watched); // a file of the folder will do
    QVERIFY(again);
    QCOMPARE((*again)->card, std::string("# A card\n"));
    QVERIFY(std::is_sorted(fractions.begin(), fractions.end()) && fractions.back() == 1.0);
}

void TestEngine::opensWhatIsThere_data()
{
    QTest::addColumn<QString>("reference");
    QTest::addColumn<QString>("words");
    QTest::newRow("nothing") << "" << "No model was named";
    QTest::newRow("a name nobody has") << "sentimental" << "There is no model \"sentimental\"";
    QTest::newRow("no such folder") << "/no/such/folder" << "/no/such/folder";
    QTest::newRow("a folder without a model") << "/usr" << "it has no config.json";
    QTest::newRow("a file without a model") << "/etc/hostname" << "it has no config.json";
    QTest::newRow("name too long") << QString(5000, 'x') << "There is no model";
}

void TestEngine::opensWhatIsThere()
{
    QFETCH(QString, reference);
    QFETCH(QString, words);
    const auto opened = m_engine.open(reference.toStdString(), {});
    QVERIFY(!opened);
    QCOMPARE(int(opened.error().kind), int(ErrorKind::NotFound));
    QVERIFY2(QString::fromStdString(opened.error().message).contains(words), opened.error().message.c_str());
}

void TestEngine::brokenPartsAreErrors_data()
{
    QTest::addColumn<QString>("file");
    QTest::newRow("tokenizer") << "tokenizer.json";
    QTest::newRow("picture settings") << "preprocessor_config.json";
    QTest::newRow("configuration") << "config.json";
    QTest::newRow("parameters") << "model.safetensors";
}

void TestEngine::brokenPartsAreErrors()
{
    QFETCH(QString, file);
    const test::TinyModel folder;
    test::writeBytes(folder / file.toStdString(), "{ this is");
    const auto opened = m_engine.open(folder.path().string(), {});
    QVERIFY(!opened);
    QVERIFY2(QString::fromStdString(opened.error().message).contains(file), opened.error().message.c_str());
}

void TestEngine::runsAText()
{
    const auto result = run(TextInput { "The cats sat.", {} });
    QVERIFY2(result, result ? "" : result.error().message.c_str());
    QCOMPARE(pieces(**result), (std::vector<std::string> { "[CLS]", "the", "cat", "##s", "sat", ".", "[SEP]" }));
    const auto& tokens = (*result)->tokens;
    QVERIFY(tokens[0].special && tokens[6].special && !tokens[1].special);
    QVERIFY(tokens[3].continuation && tokens[3].label == "s" && tokens[3].word == tokens[2].word);
    QCOMPARE(tokens[3].characters, (std::pair<int, int> { 7, 8 }));
    const auto layers = (*result)->trace->layers();
    QCOMPARE(layers.size(), std::size_t(2));
    QVERIFY(layers[0]->heads == 4 && layers[0]->queries == 7 && layers[0]->keys == 7);
    for (int head = 0; head < 4; ++head)
        for (int query = 0; query < 7; ++query) {
            const std::vector<float> row = AttentionMap(layers[1], head).row(query);
            QVERIFY(std::abs(std::accumulate(row.begin(), row.end(), 0.0) - 1.0) < 1e-5);
        }
    QVERIFY((*result)->milliseconds > 0.0 && (*result)->tokensCut == 0 && (*result)->predictions.empty());
    QCOMPARE((*result)->model, m_model);
}

void TestEngine::runsAPair()
{
    const auto result = run(TextInput { "the cat", "a dog ?" });
    QCOMPARE(pieces(**result), (std::vector<std::string> { "[CLS]", "the", "cat", "[SEP]", "a", "dog", "?", "[SEP]" }));
    QCOMPARE((*result)->fed.typeIds, (std::vector<std::int64_t> { 0, 0, 0, 0, 1, 1, 1, 1 }));
    QVERIFY((*result)->tokens[5].sequence == 1 && (*result)->tokens[1].sequence == 0 && (*result)->tokens[3].sequence == -1);
    const auto emptyPair = run(TextInput { "the cat", "" });
    QCOMPARE(pieces(**emptyPair), (std::vector<std::string> { "[CLS]", "the", "cat", "[SEP]", "[SEP]" }));
}

void TestEngine::runsIds()
{
    const auto text = run(TextInput { "the cat", {} });
    const auto ids = run(IdsInput { (*text)->fed.ids });
    QVERIFY(sameAttention(**text, **ids));
    QCOMPARE(pieces(**ids), pieces(**text));
    QVERIFY((*ids)->tokens[0].special);
    const test::TinyModel folder;
    std::filesystem::remove(folder / "vocab.txt");
    AnalysisRequest request;
    request.input = IdsInput { { 7, 100 } };
    const auto bare = m_engine.run(open(folder), request, {});
    QCOMPARE(pieces(**bare), (std::vector<std::string> { "7", "100" })); // without a vocabulary ids are all there is
}

void TestEngine::runsAPicture()
{
    const test::ScratchFolder folder(test::sourcePath("tests/golden/vit_cls"));
    test::writeBytes(folder / "preprocessor_config.json", R"({"image_processor_type": "ViTImageProcessor", "size": {"height": 32, "width": 32}})");
    AnalysisRequest request;
    request.input = ImageInput { picture(50, 40) };
    const auto result = m_engine.run(open(folder), request, {});
    QVERIFY2(result, result ? "" : result.error().message.c_str());
    QCOMPARE((*result)->tokens.size(), std::size_t(17));
    QVERIFY((*result)->tokens[0].special && (*result)->tokens[0].patchRow == -1);
    QVERIFY((*result)->tokens[6].patchRow == 1 && (*result)->tokens[6].patchColumn == 1);
    QVERIFY((*result)->patches && (*result)->patches->patches() == 16);
    QCOMPARE((*result)->trace->layers()[0]->keys, std::int64_t(17));
    QCOMPARE((*result)->predictions.at(0).classes.size(), std::size_t(5));
}

void TestEngine::tooLongSaysHowManyFit()
{
    const auto result = run(TextInput { QString("cat ").repeated(100).toStdString(), {} });
    QVERIFY(!result);
    QCOMPARE(int(result.error().kind), int(ErrorKind::TooLong));
    QVERIFY2(result.error().message.find("102 tokens long; this model has positions for 80") != std::string::npos, result.error().message.c_str());
}

void TestEngine::cutsToFit_data()
{
    QTest::addColumn<int>("first");
    QTest::addColumn<int>("second");
    QTest::addColumn<int>("cut");
    QTest::newRow("fits") << 78 << -1 << 0;
    QTest::newRow("one too many") << 79 << -1 << 1;
    QTest::newRow("far too many") << 500 << -1 << 422;
    QTest::newRow("pair, the second is longer") << 10 << 200 << 133;
    QTest::newRow("pair, the first is longer") << 200 << 10 << 133;
    QTest::newRow("pair, both too long") << 100 << 100 << 123;
}

void TestEngine::cutsToFit()
{
    QFETCH(int, first);
    QFETCH(int, second);
    AnalysisRequest request;
    request.cutToFit = true;
    TextInput input { QString("cat ").repeated(first).toStdString(), {} };
    if (second >= 0)
        input.pair = QString("dog ").repeated(second).toStdString();
    request.input = input;
    const auto result = m_engine.run(m_model, request, {});
    QVERIFY2(result, result ? "" : result.error().message.c_str());
    QTEST(int((*result)->tokensCut), "cut");
    const std::vector<std::string> kept = pieces(**result);
    QCOMPARE(int(kept.size()), std::min(80, first + 2 + (second >= 0 ? second + 1 : 0)));
    QVERIFY(kept.front() == "[CLS]" && kept.back() == "[SEP]");
    QCOMPARE(int(std::count(kept.begin(), kept.end(), "[SEP]")), second >= 0 ? 2 : 1);
    const auto cats = std::count(kept.begin(), kept.end(), "cat"), dogs = std::count(kept.begin(), kept.end(), "dog");
    if (first > 77 && second > 77)
        QVERIFY(std::abs(cats - dogs) <= 1); // the longer one gives way
    else if (second >= 0)
        QVERIFY(cats == 10 || dogs == 10);
    QCOMPARE((*result)->fed.typeIds.size(), (*result)->fed.ids.size());
}

void TestEngine::refuses_data()
{
    QTest::addColumn<AnalysisInput>("input");
    QTest::addColumn<QString>("words");
    QTest::newRow("no text") << AnalysisInput(TextInput { "", {} }) << "the text is empty";
    QTest::newRow("spaces alone") << AnalysisInput(TextInput { " \n\t ", {} }) << "the text is empty";
    QTest::newRow("control characters alone") << AnalysisInput(TextInput { "\x01\x02", {} }) << "the text is empty";
    QTest::newRow("empty pair") << AnalysisInput(TextInput { "", "" }) << "the text is empty";
    QTest::newRow("a picture") << AnalysisInput(ImageInput { picture(8, 8) }) << "takes text, not a picture";
    QTest::newRow("no ids") << AnalysisInput(IdsInput {}) << "empty";
    QTest::newRow("unknown id") << AnalysisInput(IdsInput { { 5, 128 } }) << "Token id 128";
    QTest::newRow("no tensors") << AnalysisInput(TensorInput {}) << "has no input_ids";
}

void TestEngine::refuses()
{
    QFETCH(AnalysisInput, input);
    QFETCH(QString, words);
    const auto result = run(input);
    QVERIFY(!result);
    QCOMPARE(int(result.error().kind), int(ErrorKind::BadInput));
    QVERIFY2(QString::fromStdString(result.error().message).contains(words), result.error().message.c_str());
}

void TestEngine::stacksABatch()
{
    const std::vector<std::vector<std::int64_t>> rows { { 2, 9, 10, 3 }, { 2, 11, 12, 3 }, { 2, 3, 0, 0 } };
    TensorInput input = idsTensor(rows);
    input.tensors.emplace("attention_mask", Tensor::fromIntegers({ 3, 4 }, { 1, 1, 1, 1, 1, 1, 1, 1, 1, 256, 0, 0 }));
    input.tensors.emplace("something_else", Tensor::zeros({ 5 }));
    const auto result = run(input);
    QVERIFY2(result, result ? "" : result.error().message.c_str());
    const Tensor maps = (*result)->stacked.at("attentions.1");
    QVERIFY((maps.shape() == Shape { 3, 4, 4, 4 }));
    QVERIFY(((*result)->stacked.at("logits").shape() == Shape { 3, 4, 128 }));
    for (std::int64_t i = 0; i < 2; ++i) { // rows without padding are what they are alone
        const auto alone = run(IdsInput { rows[std::size_t(i)] });
        const auto named = namedTensors(*(*alone)->trace, (*alone)->model->network->info());
        QVERIFY(std::ranges::equal(maps.slice(i, i + 1).floats(), named.at("attentions.1").floats()));
    }
    const Tensor padded = maps.slice(2, 3);
    for (std::int64_t row = 0; row < 16; ++row)
        QVERIFY(padded.row(row)[2] == 0.0f && padded.row(row)[3] == 0.0f && padded.row(row)[0] > 0.0f && padded.row(row)[1] > 0.0f);
}

void TestEngine::batchesThatDoNotFit_data()
{
    QTest::addColumn<AnalysisInput>("input");
    QTest::addColumn<QString>("words");
    const auto with = [](const std::string& name, const Tensor& tensor) {
        TensorInput input = idsTensor({ { 2, 9, 3 } });
        input.tensors.insert_or_assign(name, tensor);
        return AnalysisInput(input);
    };
    QTest::newRow("ids of one axis") << with("input_ids", Tensor::fromIntegers({ 3 }, { 2, 9, 3 })) << "input_ids has type I64 and shape [3]";
    QTest::newRow("ids that are no whole numbers") << with("input_ids", Tensor::zeros({ 1, 3 })) << "input_ids has type F32";
    QTest::newRow("no rows") << with("input_ids", Tensor::fromIntegers({ 0, 3 }, {})) << "empty batch";
    QTest::newRow("no columns") << with("input_ids", Tensor::fromIntegers({ 1, 0 }, {})) << "empty";
    QTest::newRow("mask of another shape") << with("attention_mask", Tensor::fromIntegers({ 1, 2 }, { 1, 1 })) << "attention_mask has type I64 and shape [1, 2], expected the shape of input_ids, [1, 3]";
    QTest::newRow("types that are no whole numbers") << with("token_type_ids", Tensor::zeros({ 1, 3 })) << "token_type_ids";
}

void TestEngine::batchesThatDoNotFit()
{
    refuses();
}

void TestEngine::keepsSomeLayers()
{
    AnalysisRequest request;
    request.input = TextInput { "the cat", {} };
    request.trace.layers = std::set<int> { 1 };
    request.trace.hiddenStates = true;
    const auto result = m_engine.run(m_model, request, {});
    QCOMPARE((*result)->trace->layers().size(), std::size_t(1));
    QCOMPARE((*result)->trace->layers()[0]->site.layer, 1);
    QCOMPARE((*result)->trace->hiddenStates().size(), std::size_t(3));
    const auto named = namedTensors(*(*result)->trace, (*result)->model->network->info());
    QVERIFY(!named.contains("attentions.0") && named.contains("attentions.1") && named.contains("hidden_states.2"));
}

void TestEngine::gradientTargets_data()
{
    QTest::addColumn<QString>("output");
    QTest::addColumn<QList<qint64>>("index");
    QTest::addColumn<QString>("words");
    QTest::newRow("a class, at the last position") << "logits" << QList<qint64> { 5 } << "";
    QTest::newRow("in full") << "logits" << QList<qint64> { 0, 3, 5 } << "";
    QTest::newRow("no such output") << "start_logits" << QList<qint64> { 5 } << "This model has no output start_logits; it has logits.";
    QTest::newRow("no such class") << "logits" << QList<qint64> { 128 } << "There is no entry 0,3,128 in logits, whose shape is [1, 4, 128].";
    QTest::newRow("below zero") << "logits" << QList<qint64> { -1 } << "There is no entry";
    QTest::newRow("two indices") << "logits" << QList<qint64> { 0, 5 } << "has 2 indices";
    QTest::newRow("four indices") << "logits" << QList<qint64> { 0, 0, 0, 5 } << "has 4 indices";
    QTest::newRow("no index") << "logits" << QList<qint64> {} << "has 0 indices";
}

void TestEngine::gradientTargets()
{
    QFETCH(QString, output);
    QFETCH(QList<qint64>, index);
    QFETCH(QString, words);
    AnalysisRequest request;
    request.input = TextInput { "the cat", {} };
    request.gradient = GradientTarget { output.toStdString(), { index.begin(), index.end() } };
    const auto result = m_engine.run(m_model, request, {});
    QCOMPARE(bool(result), words.isEmpty());
    if (!result) {
        QVERIFY2(QString::fromStdString(result.error().message).contains(words), result.error().message.c_str());
        return;
    }
    const Tensor& gradient = (*result)->trace->layers()[1]->gradient;
    QVERIFY((gradient.shape() == Shape { 4, 4, 4 }));
    // Asked for the last row alone or in full it is the same target; the last layer moves it through its own row only.
    for (std::int64_t row = 0; row < 16; ++row) {
        const bool any = std::ranges::any_of(gradient.row(row), [](float value) { return value != 0.0f; });
        QCOMPARE(any, row % 4 == 3);
    }
}

void TestEngine::predictsMaskedWords()
{
    const auto result = run(TextInput { "the [MASK] sat on [MASK]", {} });
    QVERIFY2(result, result ? "" : result.error().message.c_str());
    QCOMPARE((*result)->predictions.size(), std::size_t(2));
    QCOMPARE((*result)->predictions[1].title, std::string("[MASK] 2"));
    const Tensor& logits = (*result)->trace->outputs().at("logits");
    for (const auto& [prediction, position] : { std::pair((*result)->predictions[0], 2), std::pair((*result)->predictions[1], 5) }) {
        QCOMPARE(prediction.classes.size(), std::size_t(5));
        double total = 0.0;
        for (const float logit : logits.row(position))
            total += std::exp(double(logit));
        for (std::size_t i = 0; i < 5; ++i) {
            const ClassProbability& one = prediction.classes[i];
            QCOMPARE(one.logit, logits.row(position)[std::size_t(one.index)]);
            QVERIFY(std::abs(double(one.probability) - std::exp(double(one.logit)) / total) < 1e-6);
            QCOMPARE(one.label, m_model->tokenizer->token(one.index));
            QVERIFY(i == 0 || one.logit <= prediction.classes[i - 1].logit);
        }
        QCOMPARE(prediction.classes[0].logit, *std::ranges::max_element(logits.row(position)));
    }
}

void TestEngine::predictsClasses()
{
    const test::TinyModel folder("bert_seqcls");
    folder.change("id2label", { { "0", "bad" }, { "1", "so so" }, { "2", "good" } });
    AnalysisRequest request;
    request.input = TextInput { "the cat", {} };
    const auto result = m_engine.run(open(folder), request, {});
    QVERIFY2(result, result ? "" : result.error().message.c_str());
    const auto& classes = (*result)->predictions.at(0).classes;
    QCOMPARE(classes.size(), std::size_t(3));
    double sum = 0.0;
    std::set<std::string> labels;
    for (const ClassProbability& one : classes) {
        sum += double(one.probability);
        labels.insert(one.label);
        QCOMPARE(one.logit, (*result)->trace->outputs().at("logits").at(one.index));
    }
    QVERIFY(std::abs(sum - 1.0) < 1e-6);
    QCOMPARE(labels, (std::set<std::string> { "bad", "good", "so so" }));
    QVERIFY(classes[0].probability >= classes[1].probability && classes[1].probability >= classes[2].probability);
}

void TestEngine::predictsAnAnswer()
{
    const test::TinyModel folder("bert_qa");
    AnalysisRequest request;
    request.input = TextInput { "the cat ?", "dogs sat on the mat ." };
    const auto result = m_engine.run(open(folder), request, {});
    QVERIFY2(result, result ? "" : result.error().message.c_str());
    QCOMPARE((*result)->predictions.size(), std::size_t(1));
    const ClassProbability& answer = (*result)->predictions[0].classes.at(0);
    // The best of all spans within the second text, by trying each.
    const auto row = [&](const char* name) { return (*result)->trace->outputs().at(name).row(0); };
    double best = -1e9;
    std::size_t bestStart = 0;
    for (std::size_t i = 5; i < 12; ++i)
        for (std::size_t j = i; j < 12; ++j)
            if (const double score = double(row("start_logits")[i]) + double(row("end_logits")[j]); score > best)
                best = score, bestStart = i;
    QVERIFY(std::abs(double(answer.logit) - best) < 1e-6);
    QCOMPARE(answer.index, std::int64_t(bestStart));
    QVERIFY(answer.probability > 0.0f && answer.probability <= 1.0f);
    QVERIFY(!answer.label.empty() && QString("dogs sat on the mat .").contains(QString::fromStdString(answer.label).replace(" s", "s")));
}

void TestEngine::stopsWithinALayer()
{
    std::stop_source stop;
    std::vector<std::string> phases;
    const JobControl control(stop.get_token(), [&](double, std::string_view phase) {
        phases.emplace_back(phase);
        if (phase == "layer 1 of 2")
            stop.request_stop();
    });
    AnalysisRequest request;
    request.input = TextInput { "the cat", {} };
    const auto result = m_engine.run(m_model, request, control);
    QVERIFY(!result);
    QCOMPARE(int(result.error().kind), int(ErrorKind::Cancelled));
    QCOMPARE(phases.back(), std::string("layer 1 of 2")); // the second was never begun
    QVERIFY(run(TextInput { "the cat", {} })); // and nothing is left behind
}

void TestEngine::stopsBeforeItBegins()
{
    std::stop_source stop;
    stop.request_stop();
    const JobControl stopped(stop.get_token());
    QCOMPARE(int(m_engine.open(m_folder.path().string(), stopped).error().kind), int(ErrorKind::Cancelled));
    AnalysisRequest request;
    request.input = TextInput { "the cat", {} };
    QCOMPARE(int(m_engine.run(m_model, request, stopped).error().kind), int(ErrorKind::Cancelled));
}

void TestEngine::tellsOfLayersAsTheyAreDone()
{
    std::vector<std::shared_ptr<const AnalysisResult>> partial;
    AnalysisRequest request;
    request.input = TextInput { "The cats sat.", {} };
    request.partialInterval = std::chrono::milliseconds(0);
    request.partial = [&](std::shared_ptr<const AnalysisResult> result) { partial.push_back(std::move(result)); };
    const auto whole = m_engine.run(m_model, request, {});
    QVERIFY(whole && (*whole)->complete);
    QCOMPARE(partial.size(), std::size_t(1)); // of two layers
    QVERIFY(!partial[0]->complete && partial[0]->trace->outputs().empty());
    QCOMPARE(pieces(*partial[0]), pieces(**whole));
    QCOMPARE(partial[0]->fed.ids, (*whole)->fed.ids);
    QCOMPARE(partial[0]->trace->layers().size(), std::size_t(1));
    QCOMPARE(partial[0]->trace->layers()[0], (*whole)->trace->layers()[0]);
    partial.clear();
    request.partialInterval = std::chrono::hours(1); // who has patience hears nothing
    QVERIFY(m_engine.run(m_model, request, {}) && partial.empty());
}

void TestEngine::twoThreadsAtOnce()
{
    const std::vector<std::string> texts { "the cat sat on the mat", "a dog", QString("cat ").repeated(70).toStdString() };
    std::vector<std::shared_ptr<const AnalysisResult>> expected;
    for (const std::string& text : texts)
        expected.push_back(*run(TextInput { text, {} }));
    std::atomic<int> different { 0 };
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&, i] {
                for (std::size_t round = 0; round < 30; ++round) {
                    const std::size_t text = (round + std::size_t(i)) % texts.size();
                    const auto result = run(TextInput { texts[text], {} });
                    different += result && sameAttention(**result, *expected[text]) ? 0 : 1;
                }
            });
    }
    QCOMPARE(different.load(), 0);
}

HEADLIGHT_TEST_MAIN(TestEngine)
#include "tst_engine.moc"

// Pictures inside texts: what a picture becomes in the text, and where its tokens are in the picture. The
// models are the reference's tiny ones, given a tokenizer and an image processor of our own.

#include "core/engine/engine.h"
#include "core/engine/picture_text.h"
#include "tests/support/test_main.h"

#include <QTemporaryDir>

using namespace headlight;

class TestPictureText : public test::TestCase {
    Q_OBJECT
private slots:
    void aSquarePicture();
    void squaresOfALargePicture();
    void aPictureOfAnySize();
    void patchesComeInSquares();
    void theTextSaysWhere();
    void writesOnAfterAPicture();
    void theProcessorsTensorsAreTheSamePicture();
    void placesMustFitThePicture();
    void textsAlone();
    void aConversation_data();
    void aConversation();
    void twoPicturesInTurns();
    void placesMissingInATemplate();
    void refusals();

private:
    std::shared_ptr<const OpenModel> open(
        const char* name, const QByteArray& processor, const QStringList& extra = {});
    std::shared_ptr<const AnalysisResult> run(
        const std::shared_ptr<const OpenModel>& model, AnalysisInput input, bool writes = false);

    Engine m_engine{ Resources::locate() };
    std::vector<std::unique_ptr<QTemporaryDir>> m_folders;
    QByteArray m_template; ///< of conversations, of the model that is opened next
};

namespace {

/// Every pixel says where it is.
Image slope(int width, int height)
{
    return Image::make(width, height, [&](std::span<std::uint8_t> out) {
        for (int i = 0; i < width * height; ++i) {
            out[std::size_t(3 * i)] = std::uint8_t(i % width);
            out[std::size_t(3 * i + 1)] = std::uint8_t(i / width);
            out[std::size_t(3 * i + 2)] = 7;
        }
    });
}

void write(const QString& path, const QByteArray& bytes)
{
    QFile file(path);
    if (file.open(QIODevice::WriteOnly))
        file.write(bytes);
}

/// Words by number; `extra` are special tokens from 100 on, the picture's own is 140.
QByteArray tokenizer(const QString& pictureToken, const QStringList& extra)
{
    QStringList words{ "\"[UNK]\":0", "\"what\":5", "\"is\":6", "\"this\":7",
        QString("\"%1\":140").arg(pictureToken) };
    QStringList added{ QString(
        R"({"id":140,"content":"%1","special":true,"single_word":false,"lstrip":false,"rstrip":false,"normalized":false})")
                           .arg(pictureToken) };
    for (int i = 0; i < extra.size(); ++i) {
        words << QString("\"%1\":%2").arg(extra[i]).arg(100 + i);
        added << QString(
            R"({"id":%2,"content":"%1","special":true,"single_word":false,"lstrip":false,"rstrip":false,"normalized":false})")
                     .arg(extra[i])
                     .arg(100 + i);
    }
    return QString(
        R"({"version":"1.0","added_tokens":[%1],"normalizer":null,"pre_tokenizer":{"type":"WhitespaceSplit"},
        "post_processor":null,"decoder":null,"model":{"type":"WordLevel","vocab":{%2},"unk_token":"[UNK]"}})")
        .arg(added.join(','), words.join(','))
        .toUtf8();
}

/// Tokens that are patches, as "token:row,column".
QStringList patchesOf(const std::vector<TokenInfo>& tokens)
{
    QStringList found;
    for (std::size_t i = 0; i < tokens.size(); ++i)
        if (tokens[i].patchRow >= 0)
            found << QString("%1:%2,%3").arg(i).arg(tokens[i].patchRow).arg(tokens[i].patchColumn);
    return found;
}

const QStringList smolTokens{ "<fake_token_around_image>", "<global-img>", "<row_1_col_1>", "<row_1_col_2>" };
const QByteArray smolProcessor =
    R"({"image_processor_type":"SmolVLMImageProcessor","size":{"longest_edge":64},
    "max_image_size":{"longest_edge":32}})";

} // namespace

std::shared_ptr<const OpenModel> TestPictureText::open(
    const char* name, const QByteArray& processor, const QStringList& extra)
{
    m_folders.push_back(std::make_unique<QTemporaryDir>());
    const QString folder = m_folders.back()->path();
    const QString from = test::sourcePath(QString("tests/golden/") + name);
    for (const char* file : { "config.json", "model.safetensors" })
        QFile::copy(from + '/' + file, folder + '/' + file);
    if (!processor.isEmpty())
        write(folder + "/preprocessor_config.json", processor);
    const QString own = QString(name) == "smolvlm" ? "<image>"
        : QString(name) == "gemma3_mm"             ? "<image_soft_token>"
                                                   : "<|image_pad|>";
    write(folder + "/tokenizer.json", tokenizer(own, extra));
    if (!m_template.isEmpty())
        write(folder + "/chat_template.jinja", std::exchange(m_template, {}));
    const auto model = m_engine.open(folder.toStdString(), {});
    if (!model)
        qCritical("%s", model.error().message.c_str());
    return model ? *model : nullptr;
}

std::shared_ptr<const AnalysisResult> TestPictureText::run(
    const std::shared_ptr<const OpenModel>& model, AnalysisInput input, bool writes)
{
    AnalysisRequest request;
    request.input = std::move(input);
    if (writes)
        request.generation.emplace().newTokens = 4;
    const auto result = m_engine.run(model, request, {});
    if (!result)
        qCritical("%s", result.error().message.c_str());
    return result ? *result : nullptr;
}

/// Gemma 3: 16 × 16 pixels, patches of 4, averaged two by two: a token for each quarter of the picture.
void TestPictureText::aSquarePicture()
{
    const auto model = open("gemma3_mm",
        R"({"image_processor_type":"Gemma3ImageProcessor","size":{"height":16,"width":16}})",
        { "<start_of_image>", "<end_of_image>" });
    QVERIFY(model);
    const auto result = run(model, ImageInput{ slope(40, 20), "what is this" });
    QVERIFY(result);
    QVERIFY((result->fed.ids == std::vector<std::int64_t>{ 100, 140, 140, 140, 140, 101, 5, 6, 7 }));
    QCOMPARE(patchesOf(result->tokens), (QStringList{ "1:0,0", "2:0,1", "3:1,0", "4:1,1" }));
    QVERIFY(result->textPatches);
    const PictureArea quarter = result->textPatches->pictureArea({ 0, 1 });
    QVERIFY(quarter == (PictureArea{ 20, 0, 20, 10 }));
    QCOMPARE(result->patchTokens.size(), std::size_t(16));
    QCOMPARE(result->patches->patches(), 16);
    const auto vision = result->trace->layer({ AttentionKind::Encoder, 0, Tower::Vision });
    QVERIFY(vision && vision->queries == 16 && vision->windows == nullptr);
    QVERIFY(result->trace->outputs().contains("image_hidden_states"));
}

/// SmolVLM: 64 × 32 pixels in two squares of 32, and a small picture; patches of 8 folded two by two.
void TestPictureText::squaresOfALargePicture()
{
    const auto model = open("smolvlm", smolProcessor, smolTokens);
    QVERIFY(model);
    const auto result = run(model, ImageInput{ slope(128, 64), "what" });
    QVERIFY(result);
    const std::vector<std::int64_t> ids{ 100, 102, 140, 140, 140, 140, 100, 103, 140, 140, 140, 140, 100, 101,
        140, 140, 140, 140, 100, 5 };
    QVERIFY(result->fed.ids == ids);
    QCOMPARE(result->fed.pictures.size(), std::size_t(3));
    // Cells row by row: the upper row goes through both squares.
    QCOMPARE(patchesOf(result->tokens),
        (QStringList{ "2:0,0", "3:0,1", "4:1,0", "5:1,1", "8:0,2", "9:0,3", "10:1,2", "11:1,3" }));
    QCOMPARE(result->textPatches->columns(), 4);
    QCOMPARE(result->textPatches->token({ 1, 2 }), 10);
    // The tower's rows: two squares of 16 patches and the small picture.
    QCOMPARE(result->patchTokens.size(), std::size_t(48));
    QCOMPARE(result->patches->token({ 0, 4 }), 16);
    QCOMPARE(result->patchTokens[17].patchColumn, 5);
    QCOMPARE(result->patchTokens[40].patchRow, -1);
    const auto vision = result->trace->layer({ AttentionKind::Encoder, 0, Tower::Vision });
    QVERIFY(vision && vision->windows && vision->windows->tokens.size() == 3);
}

/// Qwen2.5-VL: patches of 4 pixels, squares of two; windows of two squares.
void TestPictureText::aPictureOfAnySize()
{
    const auto model =
        open("qwen2_5_vl", R"({"image_processor_type":"Qwen2VLImageProcessor","patch_size":4,"merge_size":2,
        "min_pixels":64,"max_pixels":1024})",
            { "<|vision_start|>", "<|vision_end|>" });
    QVERIFY(model);
    const auto result = run(model, ImageInput{ slope(48, 16), "is this" });
    QVERIFY(result);
    std::vector<std::int64_t> ids{ 100 };
    ids.insert(ids.end(), 12, 140);
    ids.insert(ids.end(), { 101, 6, 7 });
    QVERIFY(result->fed.ids == ids);
    QCOMPARE(result->textPatches->rows(), 2);
    QCOMPARE(result->textPatches->columns(), 6);
    QCOMPARE(patchesOf(result->tokens).value(7), QString("8:1,1"));
    // Maps of the tower are in the picture's order: a patch sees its window of 4 × 4 patches only.
    const auto layer = result->trace->layer({ AttentionKind::Encoder, 0, Tower::Vision });
    QVERIFY(layer);
    const AttentionMap map(layer, 0);
    const std::vector<float> row = map.row(result->patches->token({ 1, 5 }));
    for (int y = 0; y < 4; ++y)
        for (int x = 0; x < 12; ++x)
            QCOMPARE(row[std::size_t(result->patches->token({ y, x }))] > 0.0f, x >= 4 && x < 8);
    const auto whole = result->trace->layer({ AttentionKind::Encoder, 1, Tower::Vision });
    const std::vector<float> wide = AttentionMap(whole, 0).row(0);
    QVERIFY(std::ranges::all_of(wide, [](float weight) { return weight > 0.0f; }));
}

void TestPictureText::patchesComeInSquares()
{
    std::vector<float> pixels;
    for (int i = 0; i < 8; ++i)
        pixels.push_back(float(i)); // 2 × 4 pixels of one channel
    const Tensor patches = patchesInSquares(Tensor::fromVector({ 1, 2, 4 }, pixels), { 1, 2, 2 });
    QVERIFY(patches.shape() == (Shape{ 8, 2 }));
    const std::vector<float> expected{ 0, 0, 1, 1, 4, 4, 5, 5, 2, 2, 3, 3, 6, 6, 7, 7 };
    QVERIFY(std::ranges::equal(patches.floats(), expected));
}

void TestPictureText::theTextSaysWhere()
{
    const auto model =
        open("smolvlm", R"({"image_processor_type":"Idefics3ImageProcessor","do_image_splitting":false,
        "size":{"longest_edge":64},"max_image_size":{"longest_edge":32}})",
            smolTokens);
    QVERIFY(model);
    const auto result = run(model, ImageInput{ slope(20, 30), "what <image> is" });
    QVERIFY(result);
    QVERIFY((result->fed.ids == std::vector<std::int64_t>{ 5, 100, 101, 140, 140, 140, 140, 100, 6 }));
    QCOMPARE(patchesOf(result->tokens), (QStringList{ "3:0,0", "4:0,1", "5:1,0", "6:1,1" }));
}

/// What is written token by token is what one pass over everything would say.
void TestPictureText::writesOnAfterAPicture()
{
    const QByteArray qwen =
        R"({"image_processor_type":"Qwen2VLImageProcessor","patch_size":4,"merge_size":2,"min_pixels":64,
        "max_pixels":1024})";
    for (const char* name : { "smolvlm", "qwen2_5_vl", "qwen3_vl", "gemma3_mm" }) {
        const bool smol = QString(name) == "smolvlm", gemma = QString(name) == "gemma3_mm";
        const auto model = open(name,
            smol        ? smolProcessor
                : gemma ? QByteArray(
                      R"({"image_processor_type":"Gemma3ImageProcessor","size":{"height":16,"width":16}})")
                        : qwen,
            smol        ? smolTokens
                : gemma ? QStringList{ "<start_of_image>", "<end_of_image>" }
                        : QStringList{ "<|vision_start|>", "<|vision_end|>" });
        QVERIFY(model);
        const auto result = run(model, ImageInput{ slope(32, 24), "what is this" }, true);
        QVERIFY2(result && result->generated, name);
        const Tensor logits = result->trace->outputs().at("logits");
        const std::int64_t vocabulary = logits.shape()[2];
        for (std::size_t i = 0; i < result->generated->ids.size(); ++i) {
            const auto row = logits.floats().subspan(
                std::size_t((result->generated->firstToken + std::int64_t(i) - 1) * vocabulary),
                std::size_t(vocabulary));
            QCOMPARE(std::ranges::max_element(row) - row.begin(), result->generated->ids[i]);
        }
    }
}

/// What `preprocess` writes, read back as tensors, is the picture that the text was run with.
void TestPictureText::theProcessorsTensorsAreTheSamePicture()
{
    const QByteArray qwen = R"({"image_processor_type":"Qwen2VLImageProcessor","patch_size":4,"merge_size":2,"min_pixels":64,
        "max_pixels":1024})";
    const QStringList span { "<|vision_start|>", "<|vision_end|>" };
    for (const auto& [name, processor, extra] :
        { std::tuple { "smolvlm", smolProcessor, smolTokens }, std::tuple { "qwen3_vl", qwen, span } }) {
        const auto model = open(name, processor, extra);
        QVERIFY(model);
        const Image image = slope(50, 30);
        const auto whole = run(model, ImageInput { image, "what is this" });
        QVERIFY(whole);
        auto tensors = tensorsOfPicture(*model->imageProcessor, image);
        QVERIFY(tensors);
        const std::vector<std::int64_t>& ids = whole->fed.ids;
        tensors->emplace("input_ids", Tensor::fromIntegers({ 1, std::int64_t(ids.size()) }, ids));
        const auto parts = run(model, TensorInput { *tensors });
        QVERIFY(parts);
        QVERIFY(std::ranges::equal(whole->trace->outputs().at("logits").floats(), parts->trace->outputs().at("logits").floats()));
    }
}

void TestPictureText::placesMustFitThePicture()
{
    const auto model = open("qwen3_vl", {});
    QVERIFY(model);
    ModelInput input;
    input.ids = { 1, 140, 140, 2 };
    const Status status = model->network->check(input);
    QVERIFY(!status);
    QVERIFY(status.error().message.find("2 tokens for pictures") != std::string::npos);
    ModelInput words;
    words.ids = { 1, 2 };
    QVERIFY(model->network->readsOn(words));
    input.patches = Tensor::zeros({ 8, 96 });
    input.patchGrids = { { 1, 2, 4 } };
    QVERIFY(model->network->check(input));
    QVERIFY(!model->network->readsOn(input));
}

void TestPictureText::textsAlone()
{
    const auto model = open("qwen2_5_vl", {});
    QVERIFY(model);
    const auto result = run(model, TextInput{ "what is this", {} });
    QVERIFY(result);
    QCOMPARE(result->tokens.size(), std::size_t(3));
    QVERIFY(!result->textPatches && result->patchTokens.empty());
}

void TestPictureText::refusals()
{
    const auto model = open("smolvlm", {});
    QVERIFY(model);
    AnalysisRequest request;
    request.input = ImageInput{ slope(8, 8), "what" };
    const auto result = m_engine.run(model, request, {});
    QVERIFY(!result);
    QVERIFY(result.error().message.find("preprocessor_config.json") != std::string::npos);
}

namespace {

const QByteArray spanTemplate = "{% for m in messages %}{% if m.content is string %} {{ m.content }} {% else %}{% for p in m.content %}"
                                "{% if p.type == 'image' %}<|vision_start|><|image_pad|><|vision_end|>{% else %} {{ p.text }} {% endif %}"
                                "{% endfor %}{% endif %}{% endfor %}";
const QByteArray imageTemplate = "{% for m in messages %}{% for p in m.content %}{% if p.type == 'image' %}<image>{% else %} {{ p.text }} "
                                 "{% endif %}{% endfor %}{% endfor %}";
const QByteArray gemmaTemplate = "{% for m in messages %}{% if m.content is string %} {{ m.content }} {% else %}{% for p in m.content %}"
                                 "{% if p.type == 'image' %}<start_of_image>{% else %} {{ p.text }} {% endif %}{% endfor %}{% endif %}{% endfor %}";
const QByteArray plainTemplate = "{% for m in messages %} {{ m.content }} {% endfor %}";
const QByteArray qwenProcessor =
    R"({"image_processor_type":"Qwen2VLImageProcessor","patch_size":4,"merge_size":2,"temporal_patch_size":2,"min_pixels":64,"max_pixels":4096})";
const QByteArray gemmaProcessor = R"({"image_processor_type":"Gemma3ImageProcessor","size":{"height":16,"width":16}})";

} // namespace

void TestPictureText::aConversation_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("processor");
    QTest::addColumn<QByteArray>("chat");
    QTest::addColumn<QStringList>("extra");
    const QStringList span{ "<|vision_start|>", "<|vision_end|>" };
    QTest::newRow("qwen2_5_vl") << "qwen2_5_vl" << qwenProcessor << spanTemplate << span;
    QTest::newRow("qwen3_vl") << "qwen3_vl" << qwenProcessor << spanTemplate << span;
    QTest::newRow("smolvlm") << "smolvlm" << smolProcessor << imageTemplate << smolTokens;
    QTest::newRow("gemma3_mm") << "gemma3_mm" << gemmaProcessor << gemmaTemplate << QStringList{ "<start_of_image>", "<end_of_image>" };
    QTest::newRow("a template of texts") << "gemma3_mm" << gemmaProcessor << plainTemplate << QStringList{ "<start_of_image>", "<end_of_image>" };
}

/// A turn with a picture is the picture and the plain question, put together by hand.
void TestPictureText::aConversation()
{
    QFETCH(QString, name);
    QFETCH(QByteArray, processor);
    QFETCH(QByteArray, chat);
    QFETCH(QStringList, extra);
    m_template = chat;
    const auto model = open(qPrintable(name), processor, extra);
    QVERIFY(model);
    const Image picture = slope(40, 20);
    const auto plain = run(model, ImageInput{ picture, "what is" });
    TurnsInput talk{ { { "user", "what is", { 0 } } }, {}, { picture } };
    const auto result = run(model, talk);
    QVERIFY(plain && result);
    QVERIFY(result->fed.ids == plain->fed.ids);
    QCOMPARE(patchesOf(result->tokens), patchesOf(plain->tokens));
    QCOMPARE(patchesOf(result->patchTokens), patchesOf(plain->patchTokens));
    QVERIFY(result->picture == picture && result->textPatches && result->patches);
    QVERIFY(result->trace->outputs().at("logits").floats().back() == plain->trace->outputs().at("logits").floats().back());
    QCOMPARE(result->tokens.back().turn, 0);
    QCOMPARE(result->tokens.front().turn, -1);
    QVERIFY(result->turnsText.size() < 100); // one placeholder, however many tokens
    talk.turns.push_back({ "assistant", "this" });
    talk.turns.push_back({ "user", "is this" });
    const auto longer = run(model, talk, true);
    QVERIFY(longer && longer->generated);
    QCOMPARE(patchesOf(longer->tokens), patchesOf(plain->tokens));
    QVERIFY(std::equal(plain->fed.ids.begin(), plain->fed.ids.end(), longer->fed.ids.begin()));
}

/// The last picture is the one that is shown; of the first it is known where it stands.
void TestPictureText::twoPicturesInTurns()
{
    for (const char* name : { "qwen2_5_vl", "smolvlm" }) {
        const bool span = name == std::string_view("qwen2_5_vl");
        m_template = span ? spanTemplate : imageTemplate;
        const auto model = open(name, span ? qwenProcessor : smolProcessor,
            span ? QStringList{ "<|vision_start|>", "<|vision_end|>" } : smolTokens);
        QVERIFY(model);
        const Image first = slope(20, 20), second = slope(40, 20);
        const auto a = run(model, ImageInput{ first, "what" }), b = run(model, ImageInput{ second, "is" });
        const auto both = run(model, TurnsInput{ { { "user", "what", { 0 } }, { "user", "is", { 1 } } }, {}, { first, second } });
        QVERIFY(a && b && both);
        std::vector<std::int64_t> ids = a->fed.ids;
        ids.insert(ids.end(), b->fed.ids.begin(), b->fed.ids.end());
        QVERIFY(both->fed.ids == ids);
        QVERIFY(both->picture == second);
        const auto shift = int(a->tokens.size()), towerShift = int(a->patchTokens.size());
        QCOMPARE(both->patchTokens.size(), a->patchTokens.size() + b->patchTokens.size());
        for (std::size_t i = 0; i < b->tokens.size(); ++i)
            QCOMPARE(both->tokens[i + std::size_t(shift)].patchRow, b->tokens[i].patchRow);
        for (int i = 0; i < b->patches->patches(); ++i)
            QCOMPARE(both->patches->cellOfToken(i + towerShift), b->patches->cellOfToken(i));
        QVERIFY(!both->patches->cellOfToken(0) && !both->textPatches->cellOfToken(1));
        QVERIFY(std::ranges::any_of(both->tokens, [](const TokenInfo& t) { return t.label == "picture 1: 1"; }));
        // What stands before the second picture knows nothing of it.
        const auto layer = both->trace->layer({ AttentionKind::Decoder, 0, span ? Tower::Text : Tower::Text });
        const auto alone = a->trace->layer({ AttentionKind::Decoder, 0, Tower::Text });
        if (layer && alone) {
            const auto x = AttentionMap(layer, 0).row(shift - 1), y = AttentionMap(alone, 0).row(shift - 1);
            for (int i = 0; i < shift; ++i)
                QVERIFY(std::abs(x[std::size_t(i)] - y[std::size_t(i)]) < 1e-5f);
        }
    }
}

void TestPictureText::placesMissingInATemplate()
{
    m_template = "{% for m in messages %}{% for p in m.content %}{% if p.type == 'image' and loop.first %}<image>{% elif p.type == 'text' %}"
                 "{{ p.text }}{% endif %}{% endfor %}{% endfor %}";
    const auto model = open("smolvlm", smolProcessor, smolTokens);
    QVERIFY(model);
    AnalysisRequest request;
    request.input = TurnsInput{ { { "user", "what", { 0, 1 } } }, {}, { slope(20, 20), slope(8, 8) } };
    const auto refused = m_engine.run(model, request, {});
    QVERIFY(!refused && refused.error().kind == ErrorKind::BadInput);
    QVERIFY2(refused.error().message.find("\"<image>\"") != std::string::npos, refused.error().message.c_str());
}

HEADLIGHT_TEST_MAIN(TestPictureText)
#include "tst_picture_text.moc"

// Animations: which pictures, in which order, the bytes of GIF as its specification (GIF89a) has them, and
// sequences that are there whole or not at all.

#include "core/io/file.h"
#include "tests/support/export_scenes.h"
#include "tests/support/test_main.h"
#include "ui/export/animation.h"
#include "ui/export/export_figure.h"
#include "ui/export/gif.h"

using namespace headlight;
using namespace headlight::ui;

namespace {

Scene textScene(int layers = 3, int heads = 2, int tokens = 7)
{
    Scene scene;
    scene.result = test::syntheticText({ layers, heads, tokens });
    scene.selection.layer = 1;
    return scene;
}

Scene writtenScene()
{
    Scene scene = textScene();
    auto result = std::make_shared<AnalysisResult>(*scene.result);
    result->generated = Generated{ { 5, 6, 7 }, "x y z", 4 };
    scene.result = result;
    return scene;
}

const ViewDescriptor& view(const char* id = "heatmap")
{
    return *viewById(QLatin1String(id));
}

QByteArray contentOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// What a reader of GIF89a finds, block by block.
struct GifBlocks {
    QSize screen;
    std::vector<QRect> frames;
    std::vector<int> delays; ///< hundredths of a second
    QByteArray comment;
    bool loops = false, complete = false;

    explicit GifBlocks(const QByteArray& gif)
    {
        const auto byte = [&](qsizetype at) { return int(quint8(gif.at(at))); };
        const auto word = [&](qsizetype at) { return byte(at) + 256 * byte(at + 1); };
        screen = QSize(word(6), word(8));
        qsizetype at = 13 + (byte(10) & 0x80 ? 3 << ((byte(10) & 7) + 1) : 0);
        while (at < gif.size() && byte(at) != 0x3b) {
            const int kind = byte(at), label = byte(at + 1);
            if (kind == 0x21) {
                if (label == 0xf9)
                    delays.push_back(word(at + 4));
                at += 2;
            } else if (kind == 0x2c) {
                frames.emplace_back(word(at + 1), word(at + 3), word(at + 5), word(at + 7));
                at += 10 + (byte(at + 9) & 0x80 ? 3 << ((byte(at + 9) & 7) + 1) : 0) + 1;
            } else {
                return;
            }
            for (; byte(at) != 0; at += byte(at) + 1) {
                if (kind == 0x21 && label == 0xfe)
                    comment += gif.mid(at + 1, byte(at));
                if (kind == 0x21 && label == 0xff && gif.mid(at + 1, 11) == "NETSCAPE2.0")
                    loops = true;
            }
            ++at;
        }
        complete = at < gif.size();
    }
};

} // namespace

class TestAnimation : public test::TestCase {
    Q_OBJECT
private slots:
    void framesGoThrough();
    void writtenTokensAppearOneByOne();
    void stepsAreTheFiguresOwn();
    void nothingToGoThrough();
    void anOwnTitleSaysWhereItIs();
    void gifHasItsBlocks();
    void onlyWhatChangedIsWritten();
    void fewColoursStayExact();
    void manyColoursStayNear();
    void sequenceHasNumberedFiles();
    void refusals_data();
    void refusals();
    void sequenceIsWholeOrNotAtAll();
    void cancelLeavesNothing();

private:
    QString target(const QString& name) const { return m_folder.filePath(name); }
    Status write(const Scene& scene, const QString& name, const Animation& how, const JobControl& job = {})
    {
        return exportAnimation(view(), scene, target(name).toStdString(), {}, how, job);
    }
    QStringList files() const { return QDir(m_folder.path()).entryList(QDir::Files | QDir::Hidden); }

    QTemporaryDir m_folder;
};

void TestAnimation::framesGoThrough()
{
    const auto layers = framesOf(view(), textScene(), AnimationKind::Layers);
    QCOMPARE(layers.size(), 3u);
    for (int i = 0; i < 3; ++i)
        QCOMPARE(layers[std::size_t(i)].selection.layer, i);
    const auto heads = framesOf(view(), textScene(), AnimationKind::Heads);
    QCOMPARE(heads.size(), 2u);
    QCOMPARE(heads[1].selection.heads, std::vector{ 1 });
    QCOMPARE(heads[1].selection.layer, 1);
}

void TestAnimation::writtenTokensAppearOneByOne()
{
    const auto frames = framesOf(view(), writtenScene(), AnimationKind::Generation);
    QCOMPARE(frames.size(), 4u); // the prompt alone, and after each of three tokens
    for (int shown = 0; shown < 3; ++shown)
        QCOMPARE(frames[std::size_t(shown)].display.written, std::optional(shown));
    QVERIFY(!frames[3].display.written);
}

void TestAnimation::stepsAreTheFiguresOwn()
{
    const Scene scene = test::stepsScene();
    const auto frames = framesOf(view("steps"), scene, AnimationKind::Steps);
    QCOMPARE(frames.size(), 7u); // vectors, q·k, scale, softmax, × values, W_O, residual
    QCOMPARE(frames[3].options.value("step").toString(), "softmax");
    QCOMPARE(framesOf(view("steps"), scene, AnimationKind::Layers).size(), 4u); // all were kept
    QVERIFY(figureImage(view("steps"), frames[0], {}) != figureImage(view("steps"), frames[3], {}));
}

void TestAnimation::nothingToGoThrough()
{
    QVERIFY(framesOf(view(), textScene(1, 1), AnimationKind::Layers).empty());
    QVERIFY(framesOf(view(), textScene(), AnimationKind::Generation).empty());
    QVERIFY(framesOf(view(), textScene(), AnimationKind::Steps).empty());
    QVERIFY(framesOf(view(), {}, AnimationKind::Layers).empty());
}

void TestAnimation::anOwnTitleSaysWhereItIs()
{
    Scene scene = textScene();
    scene.title = "Mine";
    QCOMPARE(framesOf(view(), scene, AnimationKind::Layers)[2].title, "Mine · layer 2");
    QVERIFY(
        framesOf(view(), textScene(), AnimationKind::Layers)[2].title.isEmpty()); // the view's own says it
}

void TestAnimation::gifHasItsBlocks()
{
    QVERIFY(write(textScene(), "a.gif", { AnimationKind::Layers, 250, true }));
    const QByteArray gif = contentOf(target("a.gif"));
    QVERIFY(gif.startsWith("GIF89a"));
    const GifBlocks blocks(gif);
    QVERIFY(blocks.complete);
    QVERIFY(blocks.loops);
    QCOMPARE(blocks.screen, view().figure().naturalSize(textScene()).toSize());
    QCOMPARE(blocks.frames.size(), 3u);
    QCOMPARE(blocks.delays, (std::vector{ 25, 25, 25 }));
    QVERIFY2(blocks.comment.contains("view: heatmap") && blocks.comment.contains("animate: layers"),
        blocks.comment);
    QVERIFY(write(textScene(), "b.gif", { AnimationKind::Layers, 250, false }));
    QVERIFY(!GifBlocks(contentOf(target("b.gif"))).loops);
    QVERIFY(write(textScene(), "c.gif", { AnimationKind::Layers, 250, true }));
    QVERIFY2(contentOf(target("c.gif")) == gif, "the bytes differ");
}

void TestAnimation::onlyWhatChangedIsWritten()
{
    QImage picture(40, 30, QImage::Format_RGB32);
    picture.fill(Qt::white);
    GifWriter gif({ 40, 30 }, true, {});
    gif.add(picture, 100);
    picture.setPixel(5, 6, qRgb(255, 0, 0));
    picture.setPixel(9, 7, qRgb(0, 0, 255));
    gif.add(picture, 100);
    gif.add(picture, 100);
    const GifBlocks blocks(gif.finish());
    QCOMPARE(blocks.frames, (std::vector{ QRect(0, 0, 40, 30), QRect(5, 6, 5, 2), QRect(0, 0, 1, 1) }));
}

void TestAnimation::fewColoursStayExact()
{
    QImage picture(16, 16, QImage::Format_RGB32);
    for (int i = 0; i < 256; ++i)
        picture.setPixel(i % 16, i / 16, qRgb(i, 255 - i, (i * 7) % 256));
    const PalettePicture out = reduced(picture);
    for (int i = 0; i < 256; ++i)
        QCOMPARE(out.colours[out.pixels[std::size_t(i)]], picture.pixel(i % 16, i / 16));
}

void TestAnimation::manyColoursStayNear()
{
    QImage picture(256, 256, QImage::Format_RGB32);
    for (int y = 0; y < 256; ++y)
        for (int x = 0; x < 256; ++x)
            picture.setPixel(x, y, y < 128 ? qRgb(20, 40, 60) : qRgb(x, y, 128)); // half of it is flat
    const PalettePicture out = reduced(picture);
    QVERIFY(out.colours.size() <= 256);
    QCOMPARE(out.colours[out.pixels[0]], qRgb(20, 40, 60));
    int farthest = 0;
    for (int y = 0; y < 256; ++y)
        for (int x = 0; x < 256; ++x) {
            const QRgb a = out.colours[out.pixels[std::size_t(y * 256 + x)]], b = picture.pixel(x, y);
            farthest = std::max({ farthest, std::abs(qRed(a) - qRed(b)), std::abs(qGreen(a) - qGreen(b)) });
        }
    QVERIFY2(
        farthest <= 16, qPrintable(QString::number(farthest))); // 32,768 colours in 255 boxes: 16 × 8 each
}

void TestAnimation::sequenceHasNumberedFiles()
{
    QVERIFY(write(textScene(), "s.png", { AnimationKind::Layers, 600, true }));
    QCOMPARE(files().filter("s-"), (QStringList{ "s-0001.png", "s-0002.png", "s-0003.png" }));
    QVERIFY(!QFile::exists(target("s.png")));
    for (int i = 1; i <= 3; ++i) {
        const QImage one(target(QStringLiteral("s-000%1.png").arg(i)));
        QCOMPARE(one.text("layer"), QString::number(i - 1));
        QCOMPARE(one.size(), QImage(target("s-0001.png")).size());
    }
}

void TestAnimation::refusals_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<int>("delay");
    QTest::addColumn<QString>("says");
    QTest::newRow("svg") << target("a.svg") << 600 << ".gif";
    QTest::newRow("no ending") << target("a") << 600 << ".gif";
    QTest::newRow("too fast") << target("x.gif") << 1 << "1 ms";
    QTest::newRow("no folder") << "/no/such/folder/a.gif" << 600 << "/no/such/folder/a.gif";
    QTest::newRow("no folder for pictures") << "/no/such/folder/a.png" << 600 << "/no/such/folder/a-0001.png";
}

void TestAnimation::refusals()
{
    QFETCH(QString, path);
    QFETCH(int, delay);
    QFETCH(QString, says);
    const Status status = exportAnimation(
        view(), textScene(), path.toStdString(), {}, { AnimationKind::Layers, delay, true }, {});
    QVERIFY(!status);
    QVERIFY2(QString::fromStdString(status.error().message).contains(says), status.error().message.c_str());
}

void TestAnimation::sequenceIsWholeOrNotAtAll()
{
    QDir(m_folder.path()).mkdir("w-0003.png"); // the third cannot be put in its place
    const QStringList before = files();
    QVERIFY(!write(textScene(), "w.png", { AnimationKind::Layers, 600, true }));
    QCOMPARE(files(), before);
}

void TestAnimation::cancelLeavesNothing()
{
    const QStringList before = files();
    for (const char* name : { "z.gif", "z.png" }) {
        std::stop_source stop;
        const JobControl job(stop.get_token(), [&](double fraction, std::string_view) {
            if (fraction > 0.3)
                stop.request_stop();
        });
        const Status status = write(textScene(), name, { AnimationKind::Layers, 600, true }, job);
        QVERIFY(!status);
        QCOMPARE(status.error().kind, ErrorKind::Cancelled);
        QCOMPARE(files(), before);
    }
}

HEADLIGHT_TEST_MAIN(TestAnimation)
#include "tst_animation.moc"

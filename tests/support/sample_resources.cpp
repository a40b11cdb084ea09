#include "tests/support/sample_resources.h"

#include "tests/support/test_main.h"

namespace headlight::test {
namespace {

/// 128 pieces, as many as the model has: specials, letters that begin and continue words, and whole words.
QByteArray vocabulary()
{
    QByteArrayList pieces{ "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]" };
    for (char letter = 'a'; letter <= 'z'; ++letter)
        pieces << QByteArray(1, letter);
    for (char letter = 'a'; letter <= 'z'; ++letter)
        pieces << "##" + QByteArray(1, letter);
    pieces += QByteArray(
        ". , ! ? ' - the and it was is not to of in that this film movie story acting good great bad "
        "boring long short funny sad one two very too much more most only never always every scene plot "
        "cast ending music love hate like watch see feel animal cross street because tired ##ing ##ed "
        "##s ##ly")
                  .split(' ');
    while (pieces.size() < 128)
        pieces << "[unused" + QByteArray::number(pieces.size()) + "]";
    return pieces.mid(0, 128).join('\n') + '\n';
}

} // namespace

SampleResources::SampleResources()
{
    makeTextModel();
    makeImageModel();
}

Resources SampleResources::resources() const
{
    return Resources(m_folder.path().toStdString());
}

void SampleResources::write(const QString& relative, const QByteArray& content)
{
    const QFileInfo info(path(relative));
    QDir().mkpath(info.path());
    QFile file(info.filePath());
    if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
        qFatal("cannot write %s", qPrintable(info.filePath()));
}

void SampleResources::copy(const QString& source, const QString& relative)
{
    QFile file(sourcePath(source));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("cannot read %s", qPrintable(file.fileName()));
    write(relative, file.readAll());
}

void SampleResources::makeTextModel()
{
    for (const char* name : { "config.json", "model.safetensors" })
        copy(QStringLiteral("tests/golden/bert_seqcls/%1").arg(name),
            QStringLiteral("models/sentiment/%1").arg(name));
    write("models/sentiment/vocab.txt", vocabulary());
    write("models/sentiment/tokenizer_config.json",
        R"({"tokenizer_class": "BertTokenizer", "do_lower_case": true})");
    write("models/sentiment/README.md",
        "---\nlicense: gpl-3.0\n---\n# Sentiment\n\nTells whether a sentence **praises** or blames. "
        "Random numbers, made for tests.\n\n## Data\n\nNone.\n");
    write("examples/sentiment.json", R"([
        {"title": "Praise", "text": "a great film and a very funny story."},
        {"title": "Blame", "text": "the plot was boring and too long."},
        {"title": "A pair", "text": "the cast was great.", "textPair": "the ending was not."}])");
}

void SampleResources::makeImageModel()
{
    for (const char* name : { "config.json", "model.safetensors" })
        copy(QStringLiteral("tests/golden/vit_cls/%1").arg(name),
            QStringLiteral("models/shapes/%1").arg(name));
    write("models/shapes/preprocessor_config.json", R"({"image_processor_type": "ViTImageProcessor",
        "do_resize": true, "do_rescale": true, "do_normalize": true, "resample": 2, "size": {"height": 32, "width": 32},
        "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]})");
    for (const char* name : { "rgb_137x91.png", "rgb_300x200.png" })
        copy(QStringLiteral("tests/golden/image_preprocessing/images/%1").arg(name),
            QStringLiteral("examples/%1").arg(name));
    write("examples/shapes.json", R"([{"title": "Small", "image": "rgb_137x91.png"},
        {"title": "Wide", "image": "rgb_300x200.png"}])");
}

} // namespace headlight::test

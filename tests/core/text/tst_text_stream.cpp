// Decoding token by token: never half a character, and together what decode() says of the whole.

#include "core/text/text_stream.h"
#include "tests/core/text/reference_case.h"
#include "tests/support/test_main.h"

using namespace headlight;

namespace {

std::shared_ptr<const Tokenizer> opened(const QString& name)
{
    return *Tokenizer::open(test::sourcePath("tests/golden/tokenizers/" + name).toStdString());
}

} // namespace

class TestTextStream : public test::TestCase {
    Q_OBJECT
private slots:
    void joinedIsDecoded_data();
    void joinedIsDecoded();
    void brokenBytesShowAtTheEnd();
};

void TestTextStream::joinedIsDecoded_data()
{
    QTest::addColumn<QString>("name");
    for (const char* name : { "gpt2-cut", "stories260K", "roberta-base-cut", "t5-cut", "bert-base-uncased" })
        QTest::newRow(name) << name;
}

void TestTextStream::joinedIsDecoded()
{
    QFETCH(QString, name);
    const auto tokenizer = opened(name);
    for (const char* text : { "Café 日本語 😀👍🏽!", "don't stop, it's 3.14", "a\n\nb  c", "" }) {
        const auto ids = tokenizer->encode(text).ids;
        TextStream stream(tokenizer);
        std::string all;
        for (const std::int64_t id : ids) {
            const std::string piece = stream.push(id);
            QVERIFY(piece.find("\ufffd") == std::string::npos);
            all += piece;
        }
        all += stream.finish();
        QCOMPARE(all, tokenizer->decode(ids));
    }
}

void TestTextStream::brokenBytesShowAtTheEnd()
{
    const auto tokenizer = opened("gpt2-cut");
    auto ids = tokenizer->encode("ok 😀").ids;
    ids.pop_back(); // the character never ends
    TextStream stream(tokenizer);
    std::string all;
    for (const std::int64_t id : ids)
        all += stream.push(id);
    QCOMPARE(all.substr(0, 2), std::string("ok"));
    QVERIFY(all.find("\ufffd") == std::string::npos);
    QVERIFY(stream.finish().ends_with("\ufffd"));
}

HEADLIGHT_TEST_MAIN(TestTextStream)
#include "tst_text_stream.moc"

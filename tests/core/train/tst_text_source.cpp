// Texts of a recipe: tables and lines, plain and gzip, splits without leaks, and one clear sentence for bad files; and the
// bag-of-words baseline on data whose answer is known.

#include "core/io/file.h"
#include "core/train/text/bag_of_words.h"
#include "core/train/text/text_files.h"
#include "core/train/text/text_source.h"
#include "tests/support/test_main.h"

#include <QTemporaryDir>

using namespace headlight;

namespace {

/// "label\ttext\n1\tgood\n0\tbad\n", packed by gzip -9n.
const QByteArray packedTable = QByteArray::fromBase64("H4sIAAAAAAACA8tJTErN4SxJrSjhMuRMz89P4TLgTEpM4QIA5jTVFhgAAAA=");

QString messageOf(const auto& expected)
{
    return expected.hasValue() ? QString() : QString::fromStdString(expected.error().message);
}

} // namespace

class TestTextSource : public test::TestCase {
    Q_OBJECT
private slots:
    void tablesAreRead();
    void packedFilesAreRead();
    void badFilesAreNamed_data();
    void badFilesAreNamed();
    void labelsAreMapped();
    void copiesShareASplit();
    void splitsHaveTheirShares();
    void repeatedTextsAreTakenOnce();
    void wordsAreCut();
    void bagOfWordsFindsTheTellingWord();
    void bagOfWordsIsDeterministic();

private:
    std::filesystem::path write(const char* name, const QByteArray& content)
    {
        const std::filesystem::path path = m_folder.filePath(name).toStdString();
        [&] { QVERIFY(writeFile(path, content.toStdString()).ok()); }();
        return path;
    }
    TextSource source(const QByteArray& content)
    {
        write("source.tsv", content);
        return { "source", "source.tsv", "text", "label", 1, { { "1", "good" }, { "0", "bad" }, { "?", "" } } };
    }
    std::filesystem::path folder() const { return m_folder.path().toStdString(); }

    QTemporaryDir m_folder;
};

void TestTextSource::tablesAreRead()
{
    const auto table = TextTable::read(write("t.tsv", "a\tb\r\n1\tone two\r\n2\t\r\n"));
    QVERIFY2(table.hasValue(), qPrintable(messageOf(table)));
    QCOMPARE(table->rows.size(), std::size_t(2));
    QCOMPARE(table->rows[0][1], std::string("one two"));
    QCOMPARE(table->rows[1][1], std::string());
    QCOMPARE(*table->column("b"), std::size_t(1));
    QVERIFY(messageOf(table->column("c")).contains("its columns are: a, b"));
    const auto lines = readLines(write("l.txt", "one\n\n\ntwo"));
    QCOMPARE(*lines, (std::vector<std::string> { "one", "two" }));
}

void TestTextSource::packedFilesAreRead()
{
    const auto table = TextTable::read(write("t.tsv.gz", packedTable));
    QVERIFY2(table.hasValue(), qPrintable(messageOf(table)));
    QCOMPARE(table->rows.size(), std::size_t(2));
    QCOMPARE(table->rows[1], (std::vector<std::string> { "0", "bad" }));
}

void TestTextSource::badFilesAreNamed_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("expected");
    QTest::newRow("empty") << QByteArray() << "is empty";
    QTest::newRow("a row with more cells") << QByteArray("a\tb\n1\t2\t3\n") << "line 2: 3 cells, but the header names 2";
    QTest::newRow("cut gzip") << packedTable.left(packedTable.size() - 12) << "damaged or ends early";
    QByteArray broken = packedTable;
    broken[14] = char(~broken[14]);
    QTest::newRow("broken gzip") << broken << "damaged or ends early";
}

void TestTextSource::badFilesAreNamed()
{
    QFETCH(QByteArray, content);
    QFETCH(QString, expected);
    const QString message = messageOf(TextTable::read(write("bad.tsv", content)));
    QVERIFY2(message.contains(expected), qPrintable(message));
    QVERIFY(messageOf(TextTable::read(folder() / "absent.tsv")).contains("--data"));
}

void TestTextSource::labelsAreMapped()
{
    const auto texts = readSources({ source("label\ttext\n1\tfine\n?\tneither\n0\tawful\n") }, folder(), { "bad", "good" });
    QVERIFY2(texts.hasValue(), qPrintable(messageOf(texts)));
    QCOMPARE(texts->size(), std::size_t(2));
    QCOMPARE((*texts)[0].label, std::int64_t(1));
    QCOMPARE((*texts)[1].label, std::int64_t(0));
    QVERIFY(messageOf(readSources({ source("label\ttext\n7\tx\n") }, folder(), { "bad", "good" })).contains("label \"7\""));
    QVERIFY(messageOf(readSources({ source("label\ttext\n1\tx\n") }, folder(), { "bad" })).contains("its classes are: bad"));
}

void TestTextSource::copiesShareASplit()
{
    QCOMPARE(splitKey("It's GREAT, really!"), splitKey("its great really"));
    QVERIFY(splitKey("it is great") != splitKey("it is not great"));
    for (int i = 0; i < 200; ++i) {
        const std::string text = "sentence number " + std::to_string(i);
        QCOMPARE(int(splitOf(text)), int(splitOf("  Sentence NUMBER " + std::to_string(i) + " !!")));
    }
}

void TestTextSource::splitsHaveTheirShares()
{
    std::array<int, 3> counts {};
    for (int i = 0; i < 10000; ++i)
        ++counts[std::size_t(splitOf("text " + std::to_string(i)))];
    QVERIFY(std::abs(counts[std::size_t(Split::Train)] - 8000) < 200); // five standard deviations
    QVERIFY(std::abs(counts[std::size_t(Split::Validation)] - 800) < 136);
    QVERIFY(std::abs(counts[std::size_t(Split::Test)] - 1200) < 163);
}

void TestTextSource::repeatedTextsAreTakenOnce()
{
    const auto texts = readSources({ source("label\ttext\n1\tVery good.\n1\tvery good\n0\tbad\n") }, folder(), { "bad", "good" });
    QCOMPARE(texts->size(), std::size_t(2));
}

void TestTextSource::wordsAreCut()
{
    QCOMPARE(wordsOf("Don't STOP, me!", WordFeatures::Words), (std::vector<std::string> { "don't", "stop", "me" }));
    QCOMPARE(wordsOf("a b c", WordFeatures::WordsAndPairs), (std::vector<std::string> { "a", "b", "c", "a b", "b c" }));
    QVERIFY(wordsOf(" ,,, ", WordFeatures::Words).empty());
}

void TestTextSource::bagOfWordsFindsTheTellingWord()
{
    std::vector<std::string> texts;
    std::vector<BagOfWords::Example> examples;
    for (int i = 0; i < 40; ++i)
        texts.push_back((i % 2 == 0 ? "a fine thing " : "a sorry thing ") + std::to_string(i % 5));
    for (int i = 0; i < 40; ++i)
        examples.push_back({ texts[std::size_t(i)], i % 2 == 0 ? 1 : 0 });
    const BagOfWords model(examples, WordFeatures::Words, 1e-4);
    QVERIFY(model.probability("fine") > 0.9);
    QVERIFY(model.probability("sorry") < 0.1);
    QVERIFY(std::fabs(model.probability("unknown words only") - 0.5) < 0.2);
    QCOMPARE(model.accuracy(examples), 1.0);
}

void TestTextSource::bagOfWordsIsDeterministic()
{
    const std::vector<BagOfWords::Example> examples { { "good good day", 1 }, { "bad day", 0 }, { "good", 1 }, { "bad", 0 } };
    const BagOfWords a = bestBagOfWords(examples, examples), b = bestBagOfWords(examples, examples);
    QCOMPARE(a.probability("good bad day"), b.probability("good bad day"));
}

HEADLIGHT_TEST_MAIN(TestTextSource)
#include "tst_text_source.moc"

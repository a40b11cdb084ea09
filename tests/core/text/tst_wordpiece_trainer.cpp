// The vocabulary trainer. The merges of the small corpus are those worked out by hand in the Hugging Face NLP
// course (chapter 6, "Byte-Pair Encoding tokenization"), written with BERT's "##".

#include "core/base/check.h"
#include "core/text/tokenizer.h"
#include "core/text/wordpiece_trainer.h"
#include "tests/support/test_main.h"

using namespace headlight;

namespace {

using Tokens = std::vector<std::string>;

void addTimes(WordPieceTrainer& trainer, const char* text, int times)
{
    for (int i = 0; i < times; ++i)
        trainer.add(text);
}

const char* const sentences[] = {
    "The cat sat on the mat, and the dog sat on the cat.",
    "A café is not a cafeteria; naïve people mix them up.",
    "Attention weighs what was said before, again and again.",
    "Again the dog barked at the cat on the mat.",
};

} // namespace

class TestWordPieceTrainer : public test::TestCase {
    Q_OBJECT
private slots:
    void mergesAsPublished();
    void equalCountsMergeByIds();
    void stopsAtTheSizeAskedFor();
    void rareCharactersBecomeUnknown();
    void orderOfTextsDoesNotMatter();
    void writesWhatTheTokenizerReads();
    void refusesASizeBelowTheAlphabet();
    void stopsOnRequest();
};

void TestWordPieceTrainer::mergesAsPublished()
{
    WordPieceTrainer trainer({ .vocabularySize = 18, .minimumCount = 1 });
    addTimes(trainer, "hug", 10);
    addTimes(trainer, "pug", 5);
    addTimes(trainer, "pun", 12);
    addTimes(trainer, "bun", 4);
    addTimes(trainer, "hugs", 5);
    const auto tokens = trainer.train();
    QVERIFY(tokens.hasValue());
    const Tokens head{ "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "b", "g", "h", "n", "p", "s", "u" };
    QCOMPARE(Tokens(tokens->begin(), tokens->begin() + 12), head);
    QCOMPARE(Tokens(tokens->begin() + 12, tokens->begin() + 16), (Tokens{ "##u", "##n", "##g", "##s" }));
    QCOMPARE(Tokens(tokens->begin() + 16, tokens->end()), (Tokens{ "##ug", "##un" }));
    WordPieceTrainer longer({ .vocabularySize = 19, .minimumCount = 1 });
    for (const auto& [word, count] :
        std::map<const char*, int>{ { "hug", 10 }, { "pug", 5 }, { "pun", 12 }, { "bun", 4 }, { "hugs", 5 } })
        addTimes(longer, word, count);
    QCOMPARE(longer.train()->back(), std::string("hug"));
}

void TestWordPieceTrainer::equalCountsMergeByIds()
{
    WordPieceTrainer trainer({ .vocabularySize = 100, .minimumCount = 1 });
    addTimes(trainer, "cd", 3);
    addTimes(trainer, "ab", 3);
    const auto tokens = trainer.train();
    QCOMPARE(Tokens(tokens->begin() + 9, tokens->end()), (Tokens{ "##b", "##d", "ab", "cd" }));
}

void TestWordPieceTrainer::stopsAtTheSizeAskedFor()
{
    WordPieceTrainer trainer({ .vocabularySize = 80, .minimumCount = 1 });
    for (const char* sentence : sentences)
        trainer.add(sentence);
    const auto tokens = trainer.train();
    QVERIFY(tokens.hasValue());
    QCOMPARE(tokens->size(), std::size_t(80));
    Tokens unique = *tokens;
    std::sort(unique.begin(), unique.end());
    QVERIFY(std::adjacent_find(unique.begin(), unique.end()) == unique.end());
    WordPieceTrainer rare({ .vocabularySize = 8000, .minimumCount = 1000 });
    addTimes(rare, "abc", 3);
    QCOMPARE(rare.train()->size(), std::size_t(5 + 3 + 2)); // a b c ##b ##c
}

void TestWordPieceTrainer::rareCharactersBecomeUnknown()
{
    WordPieceTrainer trainer({ .vocabularySize = 100, .minimumCount = 1, .alphabetLimit = 2 });
    addTimes(trainer, "ab", 5);
    addTimes(trainer, "zb", 1);
    const auto tokens = trainer.train();
    QCOMPARE(*tokens, (Tokens{ "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "##b", "ab" }));
}

void TestWordPieceTrainer::orderOfTextsDoesNotMatter()
{
    WordPieceTrainer forward({ .vocabularySize = 120, .minimumCount = 1 });
    WordPieceTrainer backward({ .vocabularySize = 120, .minimumCount = 1 });
    for (std::size_t i = 0; i < std::size(sentences); ++i) {
        forward.add(sentences[i]);
        backward.add(sentences[std::size(sentences) - 1 - i]);
    }
    QCOMPARE(*forward.train(), *backward.train());
}

void TestWordPieceTrainer::writesWhatTheTokenizerReads()
{
    const WordPieceTraining settings{ .vocabularySize = 120, .minimumCount = 1, .maximumLength = 64 };
    WordPieceTrainer trainer(settings);
    for (const char* sentence : sentences)
        trainer.add(sentence);
    const auto tokens = trainer.train();
    const QTemporaryDir dir;
    const std::filesystem::path folder = dir.path().toStdString();
    QVERIFY(writeBertTokenizer(folder, *tokens, settings).ok());
    const auto fromJson = Tokenizer::open(folder);
    QVERIFY2(fromJson.hasValue(), fromJson ? "" : fromJson.error().message.c_str());
    std::filesystem::remove(folder / "tokenizer.json");
    const auto fromVocabulary = Tokenizer::open(folder);
    QVERIFY2(fromVocabulary.hasValue(), fromVocabulary ? "" : fromVocabulary.error().message.c_str());
    QCOMPARE((*fromJson)->maximumLength().value_or(-1), 64);
    QCOMPARE((*fromJson)->special().cls.value_or(-1), 2);
    for (const char* sentence : sentences) {
        const Encoding encoding = (*fromJson)->encode(sentence);
        QCOMPARE((*fromVocabulary)->encode(sentence).ids, encoding.ids);
        QCOMPARE(std::count(encoding.ids.begin(), encoding.ids.end(), 1), 0); // everything can be spelled
        QCOMPARE(encoding.ids.front(), 2);
        QCOMPARE(encoding.ids.back(), 3);
    }
}

void TestWordPieceTrainer::refusesASizeBelowTheAlphabet()
{
    WordPieceTrainer trainer({ .vocabularySize = 10 });
    trainer.add("abcdefghij");
    const auto tokens = trainer.train();
    QVERIFY(!tokens);
    QCOMPARE(tokens.error().kind, ErrorKind::BadInput);
}

void TestWordPieceTrainer::stopsOnRequest()
{
    WordPieceTrainer trainer({ .vocabularySize = 100, .minimumCount = 1 });
    trainer.add(sentences[0]);
    std::stop_source stop;
    stop.request_stop();
    QVERIFY_EXCEPTION_THROWN((void)trainer.train(JobControl(stop.get_token())), Stopped);
}

HEADLIGHT_TEST_MAIN(TestWordPieceTrainer)
#include "tst_wordpiece_trainer.moc"

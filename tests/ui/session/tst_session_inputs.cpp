// What is opened together: a text that comes with a model without a tokenizer is read as ids, or refused
// aloud.

#include "core/engine/engine.h"
#include "tests/support/files.h"
#include "tests/support/sample_resources.h"
#include "tests/support/test_main.h"
#include "ui/session/session.h"

using namespace headlight;
using namespace headlight::ui;

class TestSessionInputs : public test::TestCase {
    Q_OBJECT
private slots:
    void idsComeWithTheirModel();
    void wordsForAModelOfIdsAreRefused();
    void anEarlierTextIsNoFault();

private:
    QString file(const QByteArray& text) const
    {
        QFile file(m_folder.filePath("text.txt"));
        if (file.open(QIODevice::WriteOnly))
            file.write(text);
        return file.fileName();
    }

    QTemporaryDir m_folder;
    const QString m_model = test::sourcePath("tests/golden/gpt2_lm"); ///< without a tokenizer
    test::SampleResources m_sample;
    Engine m_engine{ m_sample.resources() };
};

void TestSessionInputs::idsComeWithTheirModel()
{
    Session session(m_engine);
    session.openPaths({ m_model, file("3, 1, 4") });
    QTRY_VERIFY_WITH_TIMEOUT(session.result(), 20'000);
    QCOMPARE(std::get<IdsInput>(session.input()).ids, (std::vector<std::int64_t>{ 3, 1, 4 }));
}

void TestSessionInputs::wordsForAModelOfIdsAreRefused()
{
    Session session(m_engine);
    QSignalSpy failures(&session, &Session::failed), recoveries(&session, &Session::recovered),
        results(&session, &Session::resultChanged);
    session.openPaths({ m_model, file("Once upon a time") });
    QTRY_COMPARE_WITH_TIMEOUT(failures.count(), 1, 20'000);
    const QString message = failures.at(0).at(0).toString();
    QVERIFY2(message.contains("no tokenizer") && message.contains("“Once”"), qPrintable(message));
    QTRY_VERIFY(!session.activity().running);
    QVERIFY(session.model() && !session.result());
    QVERIFY(results.count() > 0); // views say what is missing now
    QCOMPARE(recoveries.count(), 0); // the sentence stays until it is read
    session.setInput(TextInput{ "5, 6", std::nullopt });
    QTRY_VERIFY_WITH_TIMEOUT(session.result(), 20'000);
    QCOMPARE(recoveries.count(), 1);
}

void TestSessionInputs::anEarlierTextIsNoFault()
{
    Session session(m_engine);
    QSignalSpy failures(&session, &Session::failed);
    session.openPaths({ file("Once upon a time") });
    QTRY_VERIFY_WITH_TIMEOUT(session.result(), 20'000);
    session.openModel(m_model);
    QTRY_VERIFY_WITH_TIMEOUT(session.result() && session.result()->model == session.model()
            && std::holds_alternative<IdsInput>(session.input()),
        20'000);
    QCOMPARE(failures.count(), 0);
}

HEADLIGHT_TEST_MAIN(TestSessionInputs)
#include "tst_session_inputs.moc"

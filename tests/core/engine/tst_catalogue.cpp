// From what a person names to the folder or file that is opened, and to the name that is shown.

#include "core/engine/catalogue.h"
#include "tests/support/files.h"
#include "tests/support/test_main.h"

using namespace headlight;
namespace fs = std::filesystem;

class TestCatalogue : public test::TestCase {
    Q_OBJECT
private slots:
    void initTestCase();
    void resolves_data();
    void resolves();
    void refuses_data();
    void refuses();
    void ofTheCacheOnlyTheNamedFolderIsLookedAt();

private:
    QString place(const char* relative) const
    {
        return QString::fromStdString((m_folder / relative).string());
    }
    Resources resources() const { return Resources(m_folder / "resources"); }

    const test::ScratchFolder m_folder;
};

void TestCatalogue::initTestCase()
{
    qputenv("HF_HUB_CACHE", place("hub").toLocal8Bit());
    const char* const folders[]{ "resources/models/tiny", "hub/models--org--name/snapshots/abc",
        "hub/models--org--quants/snapshots/def", "hub/models--gpt2/snapshots/ghi", "mine" };
    for (const char* folder : folders)
        fs::create_directories(m_folder / folder);
    for (const char* folder : { folders[0], folders[1], folders[3], folders[4] })
        test::writeBytes(m_folder / (std::string(folder) + "/config.json"), R"({"model_type":"bert"})");
    test::writeBytes(m_folder / "hub/models--org--quants/snapshots/def/q.gguf", "GGUF");
    for (const char* file : { "model.safetensors", "other.safetensors", "pytorch_model.bin",
             "model.safetensors.index.json", "x.gguf" })
        test::writeBytes(m_folder / (std::string("mine/") + file), "");
}

void TestCatalogue::resolves_data()
{
    QTest::addColumn<QString>("reference");
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("name");
    const auto row = [](const char* title, const QString& reference, const QString& path, const char* name) {
        QTest::newRow(title) << reference << path << name;
    };
    row("bundled", "tiny", place("resources/models/tiny"), "tiny");
    row("of the cache", "org/name", place("hub/models--org--name/snapshots/abc"), "org/name");
    row("of the cache, GGUF alone", "org/quants", place("hub/models--org--quants/snapshots/def"),
        "org/quants");
    row("of the cache, without an organisation", "gpt2", place("hub/models--gpt2/snapshots/ghi"), "gpt2");
    row("folder", place("mine"), place("mine"), "mine");
    row("its usual file", place("mine/model.safetensors"), place("mine"), "mine");
    row("its configuration", place("mine/config.json"), place("mine"), "mine");
    row("another file", place("mine/other.safetensors"), place("mine/other.safetensors"), "mine");
    row("torch's file", place("mine/pytorch_model.bin"), place("mine/pytorch_model.bin"), "mine");
    row("an index", place("mine/model.safetensors.index.json"), place("mine/model.safetensors.index.json"),
        "mine");
    row("GGUF", place("mine/x.gguf"), place("mine/x.gguf"), "x");
    row("revision of the cache", place("hub/models--org--name/snapshots/abc"),
        place("hub/models--org--name/snapshots/abc"), "org/name");
}

void TestCatalogue::resolves()
{
    QFETCH(QString, reference);
    QFETCH(QString, path);
    QFETCH(QString, name);
    const auto found = resolveModel(reference.toStdString(), resources());
    QVERIFY2(found, found ? "" : found.error().message.c_str());
    QCOMPARE(QString::fromStdString(found->string()), path);
    QCOMPARE(QString::fromStdString(modelName(*found, resources())), name);
    QVERIFY(fs::is_directory(modelFolder(*found)));
}

void TestCatalogue::refuses_data()
{
    QTest::addColumn<QString>("reference");
    for (const char* reference :
        { "nobody", "org/nobody", "../hub", "org/name/more", "org/", "/", "..", "models--org--name" })
        if (!QFileInfo(reference).isDir())
            QTest::newRow(reference) << QString(reference);
}

void TestCatalogue::refuses()
{
    QFETCH(QString, reference);
    const auto found = resolveModel(reference.toStdString(), resources());
    QVERIFY2(!found, found ? found->c_str() : "");
    QVERIFY2(
        found.error().message.find("not bundled (tiny)") != std::string::npos, found.error().message.c_str());
}

void TestCatalogue::ofTheCacheOnlyTheNamedFolderIsLookedAt()
{
    const fs::path hub = m_folder / "hub"; // may be entered, but not listed
    fs::permissions(hub, fs::perms::owner_exec);
    const auto found = resolveModel("org/name", resources());
    fs::permissions(hub, fs::perms::owner_all);
    QVERIFY2(found, found ? "" : found.error().message.c_str());
}

HEADLIGHT_TEST_MAIN(TestCatalogue)
#include "tst_catalogue.moc"

// Checkpoints in every arrangement of files a model folder may have, and indices that lie about them.

#include "core/io/parameter_store.h"
#include "tests/support/files.h"
#include "tests/support/random_numbers.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestParameterStore : public test::TestCase {
    Q_OBJECT
private slots:
    void readsShards();
    void readsShardsBehindLinks();
    void readsTorchFilesAndShards();
    void safetensorsComeFirst();
    void opensSingleFiles();
    void saysWhatIsMissing();
    void refusesIndices_data();
    void refusesIndices();
};

namespace {

const std::string twoShards =
    R"({"metadata":{"total_size":36},"weight_map":{"a":"model-1.safetensors","b":"model-2.safetensors","c":"model-2.safetensors"}})";

/// model-1 holds a, model-2 holds b and c.
void writeShards(const std::filesystem::path& folder)
{
    QVERIFY(writeSafetensors(folder / "model-1.safetensors", { { "a", Tensor::filled({ 2 }, 1.0f) } }, {}));
    QVERIFY(writeSafetensors(folder / "model-2.safetensors",
        { { "b", Tensor::filled({ 3 }, 2.0f) },
            { "c", test::randomTensor({ 8 }, 1).converted(DType::BF16) } },
        {}));
}

void verifyShards(const Expected<ParameterStore>& store)
{
    QVERIFY2(store, store ? "" : store.error().message.c_str());
    QCOMPARE(store->tensors().size(), std::size_t(3));
    QCOMPARE(store->find("a")->toFloat().at(1), 1.0f);
    QCOMPARE(store->find("b")->toFloat().at(2), 2.0f);
    QCOMPARE(int(store->dominantType()), int(DType::BF16));
}

std::filesystem::path torchFile(const char* name)
{
    return test::sourcePath("tests/core/io/torch_files/").toStdString() + name;
}

} // namespace

void TestParameterStore::readsShards()
{
    const test::ScratchFolder folder;
    writeShards(folder.path());
    test::writeBytes(folder / "model.safetensors.index.json", twoShards);
    verifyShards(ParameterStore::open(folder.path()));
}

void TestParameterStore::readsShardsBehindLinks()
{
    const test::ScratchFolder blobs, folder; // as the Hugging Face cache lays them out
    writeShards(blobs.path());
    test::writeBytes(blobs / "index", twoShards);
    std::filesystem::create_symlink(blobs / "index", folder / "model.safetensors.index.json");
    for (const char* shard : { "model-1.safetensors", "model-2.safetensors" })
        std::filesystem::create_symlink(blobs / shard, folder / shard);
    verifyShards(ParameterStore::open(folder.path()));
}

void TestParameterStore::readsTorchFilesAndShards()
{
    const test::ScratchFolder folder;
    std::filesystem::copy(torchFile("zip.bin"), folder / "pytorch_model.bin");
    const auto whole = ParameterStore::open(folder.path());
    QVERIFY2(whole, whole ? "" : whole.error().message.c_str());
    QCOMPARE(whole->find("rows")->toFloat().at(3), 1.5f);
    std::filesystem::rename(folder / "pytorch_model.bin", folder / "pytorch_model-00001-of-00002.bin");
    std::filesystem::copy(torchFile("old.bin"), folder / "pytorch_model-00002-of-00002.bin");
    test::writeBytes(folder / "pytorch_model.bin.index.json",
        R"({"weight_map":{"rows":"pytorch_model-00001-of-00002.bin","half":"pytorch_model-00002-of-00002.bin"}})");
    const auto shards = ParameterStore::open(folder.path());
    QVERIFY2(shards, shards ? "" : shards.error().message.c_str());
    QCOMPARE(shards->tensors().size(), std::size_t(2));
    QCOMPARE(shards->find("half")->toFloat().at(1), -2.0f);
}

void TestParameterStore::safetensorsComeFirst()
{
    const test::ScratchFolder folder;
    std::filesystem::copy(torchFile("zip.bin"), folder / "pytorch_model.bin");
    QVERIFY(writeSafetensors(folder / "model.safetensors", { { "only", Tensor::zeros({ 1 }) } }, {}));
    const auto store = ParameterStore::open(folder.path());
    QVERIFY(store && store->find("only") != nullptr);
}

void TestParameterStore::opensSingleFiles()
{
    const test::ScratchFolder folder;
    writeShards(folder.path());
    test::writeBytes(folder / "model.safetensors.index.json", twoShards);
    verifyShards(ParameterStore::open(folder / "model.safetensors.index.json"));
    const auto one = ParameterStore::open(folder / "model-1.safetensors");
    QVERIFY(one && one->tensors().size() == 1);
    QVERIFY(ParameterStore::open(torchFile("old.bin")));
}

void TestParameterStore::saysWhatIsMissing()
{
    const test::ScratchFolder folder;
    const auto nothing = ParameterStore::open(folder.path());
    QVERIFY(!nothing && nothing.error().kind == ErrorKind::NotFound);
    QVERIFY(nothing.error().message.find("pytorch_model.bin") != std::string::npos);
    test::writeBytes(folder / "tf_model.h5", "x");
    const auto foreign = ParameterStore::open(folder.path());
    QVERIFY2(foreign.error().message.find("tf_model.h5, which is TensorFlow's") != std::string::npos,
        foreign.error().message.c_str());
    test::writeBytes(folder / "model.safetensors.index.json", twoShards);
    const auto shards = ParameterStore::open(folder.path());
    QVERIFY(!shards && shards.error().kind == ErrorKind::NotFound);
    QVERIFY2(shards.error().message.find("model-1.safetensors and 1 more of its 2 files are missing")
            != std::string::npos,
        shards.error().message.c_str());
}

void TestParameterStore::refusesIndices_data()
{
    QTest::addColumn<QByteArray>("index");
    QTest::addColumn<QString>("words");
    const auto row = [](const char* name, const QByteArray& index, const char* words) {
        QTest::newRow(name) << index << words;
    };
    row("no json", "{", "not valid JSON");
    row("no map", "{}", "weight_map");
    row("map is a list", R"({"weight_map":["a"]})", "weight_map");
    row("file is a number", R"({"weight_map":{"a":1}})", "weight_map");
    row("file above", R"({"weight_map":{"a":"../model-1.safetensors"}})", "not in its own folder");
    row("file above in the middle", R"({"weight_map":{"a":"x/../../model-1.safetensors"}})",
        "not in its own folder");
    row("absolute file", R"({"weight_map":{"a":"/etc/passwd"}})", "not in its own folder");
    row("no name", R"({"weight_map":{"a":""}})", "not in its own folder");
    row("folder", R"({"weight_map":{"a":"."}})", "is a folder");
    row("tensor of another shard", R"({"weight_map":{"a":"model-2.safetensors"}})",
        "says that model-2.safetensors holds \"a\"");
    row("itself", R"({"weight_map":{"a":"model.safetensors.index.json"}})", "no file of torch.save");
}

void TestParameterStore::refusesIndices()
{
    QFETCH(QByteArray, index);
    QFETCH(QString, words);
    const test::ScratchFolder folder;
    writeShards(folder.path());
    test::writeBytes(folder / "model.safetensors.index.json", index.toStdString());
    const auto store = ParameterStore::open(folder.path());
    QVERIFY(!store);
    QVERIFY2(
        store.error().message.find(words.toStdString()) != std::string::npos, store.error().message.c_str());
}

HEADLIGHT_TEST_MAIN(TestParameterStore)
#include "tst_parameter_store.moc"

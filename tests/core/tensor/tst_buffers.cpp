// Buffers of tensors: aligned, as large as asked for, apart from each other while in use, and taken again
// once freed.

#include "core/tensor/buffers.h"
#include "tests/support/test_main.h"

#include <thread>

using namespace headlight;

class TestBuffers : public test::TestCase {
    Q_OBJECT
private slots:
    void holdWhatIsWritten();
    void freedOnesAreTakenAgain();
    void serveManyThreads();
};

void TestBuffers::holdWhatIsWritten()
{
    std::vector<std::shared_ptr<void>> taken;
    const std::vector<std::size_t> sizes{ 0, 1, 63, 4096, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 5'000'000,
        5'000'000 };
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        taken.push_back(takeBuffer(sizes[i]));
        QCOMPARE(reinterpret_cast<std::uintptr_t>(taken.back().get()) % 64, std::uintptr_t(0));
        std::memset(taken.back().get(), int(i + 1), sizes[i]);
    }
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        const auto* bytes = static_cast<const unsigned char*>(taken[i].get());
        QVERIFY(std::all_of(bytes, bytes + sizes[i], [&](unsigned char byte) { return byte == i + 1; }));
    }
}

void TestBuffers::freedOnesAreTakenAgain()
{
    std::shared_ptr<void> first = takeBuffer(9 << 20), other = takeBuffer(9 << 20);
    QVERIFY(first.get() != other.get());
    void* const place = first.get();
    first.reset();
    QVERIFY(takeBuffer(3 << 20).get() != place); // not for one much smaller
    QCOMPARE(takeBuffer((9 << 20) - 1000).get(), place);
}

void TestBuffers::serveManyThreads()
{
    std::vector<std::jthread> threads;
    std::atomic<int> wrong = 0;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&wrong, t] {
            for (int i = 0; i < 200; ++i) {
                const std::size_t bytes = std::size_t(2 + i % 3) << 20;
                const auto buffer = takeBuffer(bytes);
                auto* numbers = static_cast<int*>(buffer.get());
                for (std::size_t at = 0; at < bytes / sizeof(int); at += 1024)
                    numbers[at] = t;
                for (std::size_t at = 0; at < bytes / sizeof(int); at += 1024)
                    wrong += numbers[at] == t ? 0 : 1;
            }
        });
    threads.clear();
    QCOMPARE(wrong.load(), 0);
}

HEADLIGHT_TEST_MAIN(TestBuffers)
#include "tst_buffers.moc"

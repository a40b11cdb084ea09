// The memory of tensors: aligned, reused by size, bounded, and safe from several threads at once.

#include "core/tensor/buffer_pool.h"
#include "core/tensor/tensor.h"
#include "tests/support/test_main.h"

#include <thread>

using namespace headlight;

class TestBufferPool : public test::TestCase {
    Q_OBJECT
private slots:
    void init() { releaseKeptBytes(); }
    void cleanup() { releaseKeptBytes(); }
    void buffersAreAligned();
    void aLargeBufferIsUsedAgain();
    void smallOnesAreNotKept();
    void whatIsKeptIsBounded();
    void threadsDoNotShareABuffer();
};

void TestBufferPool::buffersAreAligned()
{
    for (const std::size_t count : { 0, 1, 15, 16, 17, 8191, 8192, 8193, 1000003 }) {
        const auto buffer = allocateFloats(count);
        QCOMPARE(reinterpret_cast<std::uintptr_t>(buffer.get()) % 64, std::uintptr_t(0));
        std::fill(buffer.get(), buffer.get() + count, 1.0f); // all of it can be written
    }
}

void TestBufferPool::aLargeBufferIsUsedAgain()
{
    auto first = allocateFloats(100000);
    const float* const place = first.get();
    QCOMPARE(keptBytes(), std::size_t(0));
    first.reset();
    QVERIFY(keptBytes() >= 100000 * sizeof(float) && keptBytes() <= 100000 * sizeof(float) * 9 / 8);
    const auto second = allocateFloats(99999); // nearly the same size
    QCOMPARE(second.get(), place);
    QCOMPARE(keptBytes(), std::size_t(0));
    QVERIFY(allocateFloats(100000).get() != place);
}

void TestBufferPool::smallOnesAreNotKept()
{
    allocateFloats(1000).reset();
    QCOMPARE(keptBytes(), std::size_t(0));
}

void TestBufferPool::whatIsKeptIsBounded()
{
    std::vector<std::shared_ptr<float>> buffers;
    for (int i = 0; i < 40; ++i)
        buffers.push_back(allocateFloats(std::size_t(1) << 20)); // 4 MB each, 160 MB together
    buffers.clear();
    QVERIFY(keptBytes() <= keptBytesLimit && keptBytes() > keptBytesLimit / 2);
    allocateFloats(keptBytesLimit).reset(); // larger than all that may be kept
    QVERIFY(keptBytes() <= keptBytesLimit);
    releaseKeptBytes();
    QCOMPARE(keptBytes(), std::size_t(0));
}

void TestBufferPool::threadsDoNotShareABuffer()
{
    std::atomic<bool> wrong{ false };
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&wrong, t] {
            for (int i = 0; i < 500; ++i) {
                const Tensor tensor = Tensor::filled({ 20000 + i % 3 }, float(t));
                for (const float value : tensor.floats())
                    wrong = wrong || value != float(t);
            }
        });
    threads.clear();
    QVERIFY(!wrong);
}

HEADLIGHT_TEST_MAIN(TestBufferPool)
#include "tst_buffer_pool.moc"

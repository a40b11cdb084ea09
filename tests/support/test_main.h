#pragma once
// What every test shares: a main() that needs no display, settings in a folder of their own, and a base class that
// makes every Qt warning a failure.

#include <QtTest>

namespace headlight::test {

/// Base of the test classes. A class with an init() of its own calls this one.
class TestCase : public QObject {
    Q_OBJECT
protected slots:
    void init();
};

/// Runs the tests under QApplication on the offscreen platform; returns the exit status.
int run(const std::function<int()>& execute, int& argc, char** argv);

/// A folder or file of the sources ("tests/golden/bert_mlm").
QString sourcePath(const QString& relative);

} // namespace headlight::test

#define HEADLIGHT_TEST_MAIN(TestClass)                                                                        \
    int main(int argc, char** argv)                                                                           \
    {                                                                                                         \
        return headlight::test::run(                                                                          \
            [&] {                                                                                             \
                TestClass test;                                                                               \
                return QTest::qExec(&test, argc, argv);                                                       \
            },                                                                                                \
            argc, argv);                                                                                      \
    }

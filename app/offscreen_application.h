#pragma once
// What a verb that draws makes before it touches fonts, pictures or widgets.

#include <QTemporaryDir>

#include <memory>

class QApplication;

namespace headlight {

/// A Qt application on the offscreen platform, whatever display the machine has: the same figure everywhere.
/// Quiet on stderr also where no desktop ever ran. Make one, inside the verb's run function, before the first
/// font or picture.
class OffscreenApplication {
public:
    OffscreenApplication();
    ~OffscreenApplication();
    OffscreenApplication(const OffscreenApplication&) = delete;
    OffscreenApplication& operator=(const OffscreenApplication&) = delete;

private:
    QTemporaryDir m_runtime;
    int m_argumentCount = 1;
    char m_name[10] = "headlight";
    char* m_arguments[2] = { m_name, nullptr };
    std::unique_ptr<QApplication> m_application;
};

} // namespace headlight

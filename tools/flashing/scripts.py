"""What runs on the board while it is being flashed: small pieces of MicroPython, sent over the wire."""

#: Loaded once per connection. ``F`` feeds a watchdog that may be awake; ``B`` is the only buffer.
PRELUDE = """
import os,sys,gc,hashlib
from binascii import hexlify,a2b_base64 as U
B=bytearray(1024)
M=memoryview(B)
def F():pass
def E(p):
 try:return os.stat(p)
 except OSError:return None
def H(p):
 h=hashlib.sha256()
 with open(p,'rb') as f:
  while 1:
   n=f.readinto(B)
   if not n:break
   h.update(M[:n])
 return hexlify(h.digest()).decode()
def W(d):
 for e in os.ilistdir(d or '/'):
  p=d+'/'+e[0]
  if p=='/rom':continue
  F()
  if e[1]&0x4000:
   print('d','-','-',p)
   W(p)
  else:
   print('f',os.stat(p)[6],H(p),p)
def C(a,b):
 with open(a,'rb') as f:
  with open(b,'wb') as g:
   while 1:
    n=f.readinto(B)
    if not n:break
    g.write(M[:n])
 F()
def R(p):
 s=E(p)
 if s is None:return
 if s[0]&0x4000:
  for e in os.listdir(p):R(p+'/'+e)
  os.rmdir(p)
 else:os.remove(p)
 F()
def G(p):
 if E(p) is None:return '-'
 with open(p,'rb') as f:return '='+hexlify(f.read()).decode()
def D(p):
 at=p.find('/',1)
 while at>0:
  if E(p[:at]) is None:os.mkdir(p[:at])
  at=p.find('/',at+1)
"""

#: A watchdog, once awake, cannot be stopped: it is started again here, to be fed from here.
WATCHDOG = """
try:
 import machine
 F=machine.WDT(timeout={timeout_ms}).feed
except (ImportError,AttributeError,ValueError,OSError):pass
"""

#: Prints one tuple. The board's own name of its chip comes after " with ".
FACTS = """
try:
 import machine
 u=hexlify(machine.unique_id()).decode()
except (ImportError,AttributeError):u=''
import json
i=sys.implementation
v='.'.join([str(x) for x in i.version[:3]])
print(json.dumps([sys.platform,getattr(i,'_machine',''),v,getattr(i,'_mpy',0)&0xff,u]))
"""

#: Once the computer has heard that this arrived.
RESET = "import machine,time\ntime.sleep_ms(100)\nmachine.reset()"
